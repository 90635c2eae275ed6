import type { Request } from "express";
import type { Kysely } from "kysely";
import { issueKey, revokeKey, setKeyEnd } from "../../../acts/client-keys.js";
import { parseBody } from "../../../http/parse-body.js";
import { wrongField } from "../../../http/problem.js";
import { time } from "../../../representation/time.js";
import { isLive, listKeysOfClient } from "../../../store/api-keys.js";
import type { Schema } from "../../../store/schema.js";
import { DAY_MS } from "../../../verification/durations.js";
import type { ConsoleParts } from "../../console-parts.js";
import {
  type IssuedKey,
  keyEndSchema,
  type KeyList,
  newKeySchema,
  replaceKeySchema,
} from "../../contract/clients.js";
import { Refusal } from "../../refusal.js";
import { type SignedInRoute, whoIs } from "../../signed-in.js";
import { namedClient } from "./named-client.js";

interface AskedEnd {
  readonly expires_at?: string | null | undefined;
  readonly expires_in_days?: number | undefined;
}

/** API keys of a client. Of a key that was made nothing is left but its hash. */
export class ClientKeyRoutes {
  readonly #parts: ConsoleParts;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/clients/:id/keys` */
  readonly list: SignedInRoute = async (request, response) => {
    const { store, clock } = this.#parts;
    const client = await namedClient(store, request);
    const rows = await listKeysOfClient(store.read, client.id);
    const body: KeyList = {
      keys: rows.map((row) => ({
        id: row.id,
        label: row.label,
        created_at: time(row.created_at),
        expires_at: time(row.expires_at),
        revoked_at: time(row.revoked_at),
        state: row.revoked_at !== null ? "revoked" : isLive(row, clock()) ? "live" : "expired",
      })),
    };
    response.json(body);
  };

  /** `POST /api/clients/:id/keys` */
  readonly make: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { label, ...end } = parseBody(newKeySchema, request);
    const now = clock();
    const expiresAt = endOf(end, now);
    const client = await namedClient(store, request);
    const issued = await store.write((db) =>
      issueKey(db, { vault: store.vault, now }, whoIs(session, request), client, { label, expiresAt }),
    );
    const body: IssuedKey = { id: issued.id, key: issued.key, expires_at: time(expiresAt) };
    response.status(201).json(body);
  };

  /** `POST /api/clients/:id/keys/:key/replace`: a new key, and an end of the old one, which may have an earlier one. */
  readonly replace: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { label, old_ends_in_days: days } = parseBody(replaceKeySchema, request);
    const now = clock();
    const client = await namedClient(store, request);
    const who = whoIs(session, request);
    const issued = await store.write(async (db) => {
      const { id, expires_at: before } = await keyOf(db, client.id, request);
      const expiresAt = Math.min(before ?? Infinity, now + days * DAY_MS);
      const parts = { vault: store.vault, now };
      const made = await issueKey(db, parts, who, client, { label, expiresAt: null, replaces: id });
      const isSet = await setKeyEnd(db, parts, who, client, { id, expiresAt });
      if (!isSet) throw new Refusal("conflict", "the key has ended");
      return made;
    });
    const body: IssuedKey = { id: issued.id, key: issued.key, expires_at: null };
    response.status(201).json(body);
  };

  /** `PATCH /api/clients/:id/keys/:key`: when it ends; one that has ended stays so. */
  readonly setEnd: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const now = clock();
    const expiresAt = endOf(parseBody(keyEndSchema, request), now);
    const client = await namedClient(store, request);
    const done = await store.write(async (db) => {
      const { id } = await keyOf(db, client.id, request);
      const who = whoIs(session, request);
      return setKeyEnd(db, { vault: store.vault, now }, who, client, { id, expiresAt });
    });
    if (!done) throw new Refusal("conflict", "the key has ended");
    response.status(204).end();
  };

  /** `DELETE /api/clients/:id/keys/:key`: worth nothing from the next request on. */
  readonly revoke: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const client = await namedClient(store, request);
    const done = await store.write(async (db) => {
      const { id } = await keyOf(db, client.id, request);
      return revokeKey(db, { vault: store.vault, now: clock() }, whoIs(session, request), client, id);
    });
    if (!done) throw new Refusal("conflict", "the key was revoked already");
    response.status(204).end();
  };
}

/** The key of the path, where it is this client's. @throws {Refusal} `not_found` */
async function keyOf(
  db: Kysely<Schema>,
  clientId: string,
  request: Request,
): Promise<{ readonly id: string; readonly expires_at: number | null }> {
  const id = String(request.params["key"]);
  const key = (await listKeysOfClient(db, clientId)).find((one) => one.id === id);
  if (key === undefined) throw new Refusal("not_found", "this client has no such key");
  return key;
}

/** @throws {Problem} when it is over already. */
function endOf({ expires_at: at, expires_in_days: days }: AskedEnd, now: number): number | null {
  if (days !== undefined) return now + days * DAY_MS;
  if (at === undefined || at === null) return null;
  if (Date.parse(at) <= now) throw wrongField("expires_at", "not in the future");
  return Date.parse(at);
}
