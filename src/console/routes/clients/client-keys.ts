import { noteAudit } from "../../../acts/note-audit.js";
import { parseBody } from "../../../http/parse-body.js";
import { wrongField } from "../../../http/problem.js";
import { time } from "../../../representation/time.js";
import {
  insertApiKey,
  isLive,
  listKeysOfClient,
  revokeApiKey,
  setKeyExpiry,
} from "../../../store/api-keys.js";
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
    const issued = await store.write(async (db) => {
      const made = await insertApiKey(db, { clientId: client.id, label, now, expiresAt });
      await noteAudit(db, store.vault, whoIs(session, request), now, {
        act: "key.created",
        target: made.id,
        details: { client: client.name, ...(label === "" ? {} : { label }) },
      });
      return made;
    });
    const body: IssuedKey = { id: issued.id, key: issued.key, expires_at: time(expiresAt) };
    response.status(201).json(body);
  };

  /** `POST /api/clients/:id/keys/:key/replace`: a new key, and an end of the old one, which may have an earlier one. */
  readonly replace: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { label, old_ends_in_days: days } = parseBody(replaceKeySchema, request);
    const now = clock();
    const client = await namedClient(store, request);
    const old = await this.#known(client.id, String(request.params["key"]));
    const who = whoIs(session, request);
    const issued = await store.write(async (db) => {
      const before = (await listKeysOfClient(db, client.id)).find(({ id }) => id === old);
      const end = Math.min(before?.expires_at ?? Infinity, now + days * DAY_MS);
      if (!(await setKeyExpiry(db, old, end, now))) return null;
      const made = await insertApiKey(db, { clientId: client.id, label, now, expiresAt: null });
      const of = { client: client.name };
      await noteAudit(db, store.vault, who, now, {
        ...{ act: "key.created", target: made.id },
        details: { ...of, replaces: old, ...(label === "" ? {} : { label }) },
      });
      const details = { ...of, expires_at: time(end) };
      await noteAudit(db, store.vault, who, now, { act: "key.expiry_set", target: old, details });
      return made;
    });
    if (issued === null) throw new Refusal("conflict", "the key has ended");
    const body: IssuedKey = { id: issued.id, key: issued.key, expires_at: null };
    response.status(201).json(body);
  };

  /** `PATCH /api/clients/:id/keys/:key`: when it ends; one that has ended stays so. */
  readonly setEnd: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const now = clock();
    const expiresAt = endOf(parseBody(keyEndSchema, request), now);
    const client = await namedClient(store, request);
    const key = await this.#known(client.id, String(request.params["key"]));
    const done = await store.write(async (db) => {
      if (!(await setKeyExpiry(db, key, expiresAt, now))) return false;
      await noteAudit(db, store.vault, whoIs(session, request), now, {
        act: "key.expiry_set",
        target: key,
        details: { client: client.name, expires_at: time(expiresAt) ?? "" },
      });
      return true;
    });
    if (!done) throw new Refusal("conflict", "the key has ended");
    response.status(204).end();
  };

  /** `DELETE /api/clients/:id/keys/:key`: worth nothing from the next request on. */
  readonly revoke: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const client = await namedClient(store, request);
    const key = await this.#known(client.id, String(request.params["key"]));
    const done = await store.write(async (db) => {
      if (!(await revokeApiKey(db, key, clock()))) return false;
      await noteAudit(db, store.vault, whoIs(session, request), clock(), {
        act: "key.revoked",
        target: key,
        details: { client: client.name },
      });
      return true;
    });
    if (!done) throw new Refusal("conflict", "the key was revoked already");
    response.status(204).end();
  };

  /** The id of a key, where it is this client's: keys never move. @throws {Refusal} `not_found` */
  async #known(clientId: string, id: string): Promise<string> {
    const keys = await listKeysOfClient(this.#parts.store.read, clientId);
    if (!keys.some((key) => key.id === id)) throw new Refusal("not_found", "this client has no such key");
    return id;
  }
}

/** @throws {Problem} when it is over already. */
function endOf({ expires_at: at, expires_in_days: days }: AskedEnd, now: number): number | null {
  if (days !== undefined) return now + days * DAY_MS;
  if (at === undefined || at === null) return null;
  if (Date.parse(at) <= now) throw wrongField("expires_at", "not in the future");
  return Date.parse(at);
}
