import { v7 as uuidv7 } from "uuid";
import {
  disableClientWebhook,
  redeliverGivenUp,
  rotateClientSecret,
  setClientWebhook,
} from "../../../acts/client-webhook.js";
import { noteAudit } from "../../../acts/note-audit.js";
import { mayAs } from "../../../admins/role.js";
import { attemptWebhook } from "../../../events/webhook-attempt.js";
import { printSecret } from "../../../events/webhook-signature.js";
import { checkWebhookUrl, WebhookTargetError } from "../../../events/webhook-target.js";
import { parseBody } from "../../../http/parse-body.js";
import { wrongField } from "../../../http/problem.js";
import { time } from "../../../representation/time.js";
import { countDeliveries } from "../../../store/webhook-deliveries.js";
import { findWebhook } from "../../../store/webhooks.js";
import { HOUR_MS } from "../../../verification/durations.js";
import type { ConsoleParts } from "../../console-parts.js";
import {
  type Redelivered,
  rotateWebhookSchema,
  setWebhookSchema,
  type WebhookAnswer,
  type WebhookSecret,
  type WebhookTest,
} from "../../contract/clients.js";
import { Refusal } from "../../refusal.js";
import { type SignedInRoute, whoIs } from "../../signed-in.js";
import { namedClient } from "./named-client.js";

/** Where the events of a client are sent. */
export class ClientWebhookRoutes {
  readonly #parts: ConsoleParts;
  /** Clients whose receiver is being tried: one try at a time. */
  readonly #testing = new Set<string>();

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/clients/:id/webhook`: where exactly it is sent only to those who may change it. */
  readonly look: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { id } = await namedClient(store, request);
    const row = await findWebhook(store.read, id);
    const overlaps = (row?.previous_until ?? 0) > clock();
    const body: WebhookAnswer = {
      webhook:
        row === undefined
          ? null
          : {
              url: mayAs(session.role, "admin") ? row.url : new URL(row.url).origin,
              enabled: row.disabled_at === null,
              disabled_at: time(row.disabled_at),
              disabled_why: row.disabled_why,
              previous_secret_until: overlaps ? time(row.previous_until) : null,
              ...(await countDeliveries(store.read, id)),
            },
    };
    response.json(body);
  };

  /** `PUT /api/clients/:id/webhook`: where events go from now on; enables it again. */
  readonly set: SignedInRoute = async (request, response, session) => {
    const { store, clock, clients } = this.#parts;
    const { url } = parseBody(setWebhookSchema, request);
    refuseTarget(url, clients.webhooks.allowPrivate);
    const client = await namedClient(store, request);
    const secret = await store.write((db) =>
      setClientWebhook(db, { vault: store.vault, now: clock() }, whoIs(session, request), client, url),
    );
    const body: WebhookSecret = {
      secret: secret === null ? null : printSecret(secret),
      previous_secret_until: null,
    };
    response.json(body);
  };

  /** `POST /api/clients/:id/webhook/rotate`: a new secret; the old one signs too for a while. */
  readonly rotate: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const { overlap_hours: hours } = parseBody(rotateWebhookSchema, request);
    const client = await namedClient(store, request);
    const now = clock();
    const until = now + Math.round(hours * HOUR_MS);
    const secret = await store.write((db) =>
      rotateClientSecret(db, { vault: store.vault, now }, whoIs(session, request), client, until),
    );
    if (secret === undefined) throw noWebhook();
    const body: WebhookSecret = { secret: printSecret(secret), previous_secret_until: time(until) };
    response.json(body);
  };

  /** `POST /api/clients/:id/webhook/disable` */
  readonly disable: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const client = await namedClient(store, request);
    const parts = { vault: store.vault, now: clock() };
    const done = await store.write((db) =>
      disableClientWebhook(db, parts, whoIs(session, request), client, "by an administrator"),
    );
    if (!done) throw noWebhook();
    response.status(204).end();
  };

  /**
   * `POST /api/clients/:id/webhook/test`: one request that is marked as a test, on the way that events go, and what the
   * receiver made of it. It is in no outbox: whoever reads events does not see it, and it is not tried again.
   */
  readonly test: SignedInRoute = async (request, response, session) => {
    const { store, clock, clients } = this.#parts;
    const client = await namedClient(store, request);
    if (this.#testing.has(client.id)) throw new Refusal("conflict", "a test is under way");
    this.#testing.add(client.id);
    try {
      const webhook = await store.write(async (db) => {
        const found = await findWebhook(db, client.id);
        if (found?.disabled_at !== null) return undefined;
        const line = { act: "webhook.tested", target: client.name } as const;
        await noteAudit(db, store.vault, whoIs(session, request), clock(), line);
        return found;
      });
      if (webhook === undefined) throw noWebhook();
      const left = new AbortController();
      response.once("close", () => {
        left.abort();
      });
      const event = {
        id: `evt_test_${uuidv7()}`,
        ...{ type: "test", timestamp: time(clock()), data: { client: client.name } },
      };
      const parts = { ...clients.webhooks, store, clock };
      const { status, error } = await attemptWebhook(parts, webhook, event, left.signal);
      const body: WebhookTest = { status, error };
      response.json(body);
    } finally {
      this.#testing.delete(client.id);
    }
  };

  /** `POST /api/clients/:id/webhook/redeliver`: all that were given up. */
  readonly redeliver: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const client = await namedClient(store, request);
    const count = await store.write(async (db) => {
      // Of one that is disabled nothing would be sent.
      if ((await findWebhook(db, client.id))?.disabled_at !== null) return undefined;
      return redeliverGivenUp(db, { vault: store.vault, now: clock() }, whoIs(session, request), client);
    });
    if (count === undefined) throw noWebhook();
    const body: Redelivered = { redelivered: count };
    response.json(body);
  };
}

/** @throws {Problem} naming the field. */
function refuseTarget(url: string, allowPrivate: boolean): void {
  try {
    checkWebhookUrl(url, allowPrivate);
  } catch (error) {
    if (error instanceof WebhookTargetError) throw wrongField("url", error.message);
    throw error;
  }
}

function noWebhook(): Refusal {
  return new Refusal("conflict", "this client has no webhook that is enabled");
}
