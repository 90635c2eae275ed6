import type { Request } from "express";
import { cancelWithin } from "../../acts/cancel.js";
import { noteAudit } from "../../acts/note-audit.js";
import { parseBody } from "../../http/parse-body.js";
import { listClients } from "../../store/clients.js";
import { searchVerifications } from "../../store/search-verifications.js";
import { findEventOf } from "../../store/verification-events.js";
import { findVerification, type VerificationRow } from "../../store/verifications.js";
import { redeliverEvent } from "../../store/webhook-deliveries.js";
import { findWebhook } from "../../store/webhooks.js";
import type { ConsoleParts } from "../console-parts.js";
import {
  type ClientChoice,
  type Found,
  type Revealed,
  revealSchema,
  searchPageSchema,
} from "../contract/verifications.js";
import { Refusal } from "../refusal.js";
import { openCursor, readSearch, sealCursor } from "../search.js";
import { type SignedInRoute, whoIs } from "../signed-in.js";
import { tellVerification } from "../tell-verification.js";
import { inShort } from "../told-verification.js";

const PAGE = 50;

/** What happened, and what can be done about it. */
export class VerificationRoutes {
  readonly #parts: ConsoleParts;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/verifications/clients`: whose there may be. */
  readonly clients: SignedInRoute = async (_request, response) => {
    const rows = await listClients(this.#parts.store.read);
    const body: ClientChoice = { clients: rows.map(({ id, name }) => ({ id, name })) };
    response.json(body);
  };

  /** `POST /api/verifications/search`, newest first. A POST, so that no number stands in an address. */
  readonly search: SignedInRoute = async (request, response) => {
    const { store } = this.#parts;
    const { cursor, ...fields } = parseBody(searchPageSchema, request);
    const search = readSearch(store, fields);
    const before = cursor === undefined ? undefined : openCursor(store, search, cursor);
    const clients = await listClients(store.read);
    const ids = clients.map(({ id }) => id);
    const rows = await searchVerifications(store.read, search, ids, before, PAGE + 1);
    const page = rows.slice(0, PAGE);
    const names = new Map(clients.map(({ id, name }) => [id, name]));
    const last = page.at(-1);
    const body: Found = {
      verifications: page.map((row) => inShort(row, names, store.vault)),
      next_cursor: rows.length > PAGE && last !== undefined ? sealCursor(store, search, last.seq) : null,
    };
    response.json(body);
  };

  /** `GET /api/verifications/:client/:id` */
  readonly show: SignedInRoute = async (request, response) => {
    const { store } = this.#parts;
    const { clientId, id } = asked(request);
    const body = await tellVerification(store, clientId, id);
    if (body === undefined) throw notFound();
    response.json(body);
  };

  /** `POST /api/verifications/:client/:id/cancel` */
  readonly cancel: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { clientId, id } = asked(request);
    const done = await store.write(async (db) => {
      const { kind } = await cancelWithin(db, store.vault, clientId, id, clock());
      if (kind === "canceled") {
        const line = { act: "verification.canceled", target: id, details: { client: clientId } } as const;
        await noteAudit(db, store.vault, whoIs(session, request), clock(), line);
      }
      return kind;
    });
    if (done === "unknown") throw notFound();
    if (done === "ended") throw new Refusal("conflict", "it has ended already");
    response.status(204).end();
  };

  /** `POST /api/verifications/:client/:id/number`: the whole number, for a reason that is kept. */
  readonly reveal: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { reason } = parseBody(revealSchema, request);
    const { clientId, id } = asked(request);
    const row = await store.write(async (db): Promise<VerificationRow | undefined> => {
      const found = await findVerification(db, clientId, id);
      if (found === undefined) return undefined;
      const details = { reason, client: clientId };
      const line = { act: "number.revealed", target: id, details } as const;
      await noteAudit(db, store.vault, whoIs(session, request), clock(), line);
      return found;
    });
    if (row === undefined) throw notFound();
    const body: Revealed = { number: store.vault.decipherNumber(row.number_cipher) };
    response.json(body);
  };

  /** `POST /api/verifications/:client/:id/events/:event/redeliver` */
  readonly redeliver: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { clientId, id } = asked(request);
    const event = String(request.params["event"]);
    const done = await store.write(async (db) => {
      const row = await findVerification(db, clientId, id);
      const type = row === undefined ? undefined : await findEventOf(db, row.seq, event);
      if (type === undefined) return "not_found";
      const hook = await findWebhook(db, clientId);
      if (hook?.disabled_at !== null || !(await redeliverEvent(db, event, clock()))) return "conflict";
      const details = { verification: id, client: clientId, type };
      const line = { act: "webhook.redelivered", target: event, details } as const;
      await noteAudit(db, store.vault, whoIs(session, request), clock(), line);
      return null;
    });
    if (done === "not_found") throw notFound();
    if (done === "conflict") throw new Refusal("conflict", "this client has no webhook that is enabled");
    response.status(204).end();
  };
}

function asked({ params }: Request): { readonly clientId: string; readonly id: string } {
  return { clientId: String(params["client"]), id: String(params["id"]) };
}

function notFound(): Refusal {
  return new Refusal("not_found", "there is no such verification");
}
