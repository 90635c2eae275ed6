import { errorText, type Logger } from "../log.js";
import {
  type DueDelivery,
  listDueDeliveries,
  readEvent,
  recordDelivery,
} from "../store/webhook-deliveries.js";
import { disableWebhook, findWebhook, type WebhookRow } from "../store/webhooks.js";
import { retryAt } from "./retry-schedule.js";
import { type AttemptParts, attemptWebhook, type Outcome } from "./webhook-attempt.js";

/** Attempts under way at one time to one client. Eight at 100 ms each are 80 events a second. */
const CONCURRENCY = 8;
/** How far to look for one that may go while its neighbours wait for their verification's turn. */
const WINDOW = 64;
/** After a result that could not be written: the receiver must not be asked over and over meanwhile. */
const REST_MS = 5_000;

export interface WebhookParts extends AttemptParts {
  readonly log: Logger;
  /** From 0 up to 1, for the jitter of retries. */
  readonly random?: () => number;
  /** Whether deliveries are this node's still; undefined: they always are. */
  readonly mayAct?: () => boolean;
  /** Told of each attempt that counts; `given_up`: there will be no other. */
  readonly onAttempt?: (end: DeliveryEnd, ms: number) => void;
}

export type DeliveryEnd = "delivered" | "failed" | "given_up";

/**
 * The deliveries of one client. Events of one verification go one after another, in their order; those
 * of different verifications go side by side. One that has failed does not hold up those after it:
 * its next turn may be hours away.
 */
export class WebhookLane {
  readonly #client: string;
  readonly #parts: WebhookParts;
  readonly #signal: AbortSignal;
  /** Told when an attempt has ended and there is room. */
  readonly #freed: () => void;
  /** By the event's number. */
  readonly #underWay = new Map<number, { verification: number | null; done: Promise<void> }>();
  /** Ended since the last reading of what is due began, which may have seen them as they were before. */
  readonly #endedSince = new Set<number>();
  #restUntil = 0;

  constructor(client: string, parts: WebhookParts, signal: AbortSignal, freed: () => void) {
    this.#client = client;
    this.#parts = parts;
    this.#signal = signal;
    this.#freed = freed;
  }

  /** Starts what is due and has room. */
  async fill(): Promise<void> {
    const { store, clock } = this.#parts;
    if (this.#underWay.size >= CONCURRENCY || clock() < this.#restUntil) return;
    const { mayAct = () => true } = this.#parts;
    const webhook = await findWebhook(store.read, this.#client);
    if (webhook?.disabled_at !== null) return;
    this.#endedSince.clear();
    const due = await listDueDeliveries(store.read, this.#client, clock(), WINDOW);
    const busy = new Set([...this.#underWay.values()].map((attempt) => attempt.verification));
    for (const delivery of due) {
      if (this.#signal.aborted || !mayAct() || this.#underWay.size >= CONCURRENCY) return;
      const verification = delivery.verification_seq;
      if (this.#underWay.has(delivery.event_seq) || this.#endedSince.has(delivery.event_seq)) continue;
      if (verification !== null && busy.has(verification)) continue;
      busy.add(verification);
      const done = this.#deliver(webhook, delivery).finally(() => {
        this.#underWay.delete(delivery.event_seq);
        this.#endedSince.add(delivery.event_seq);
        this.#freed();
      });
      this.#underWay.set(delivery.event_seq, { verification, done });
    }
  }

  /**
   * Resolves when nothing is under way.
   *
   * @returns whether anything was.
   */
  async idle(): Promise<boolean> {
    const underWay = [...this.#underWay.values()];
    await Promise.all(underWay.map((attempt) => attempt.done));
    return underWay.length > 0;
  }

  /** One attempt and its record. Never rejects: what goes wrong here is this lane's own affair. */
  async #deliver(webhook: WebhookRow, delivery: DueDelivery): Promise<void> {
    const { log } = this.#parts;
    const fields = { client: this.#client, event: delivery.event_seq, attempt: delivery.attempts + 1 };
    const begun = performance.now();
    try {
      const outcome = await this.#attempt(webhook, delivery.event_seq);
      const ms = performance.now() - begun;
      // Cut off by the stop of the service: that says nothing of the receiver, so it does not count.
      if (this.#signal.aborted && outcome.status === null) return;
      const end = await this.#record(webhook, delivery, outcome);
      this.#parts.onAttempt?.(end, ms);
      if (outcome.error !== null) log.warn("webhook not delivered", { ...fields, ...outcome });
    } catch (error) {
      this.#restUntil = this.#parts.clock() + REST_MS;
      log.error("webhook delivery not recorded", { ...fields, error: errorText(error) });
    }
  }

  async #attempt(webhook: WebhookRow, eventSeq: number): Promise<Outcome> {
    const { store } = this.#parts;
    const event = await readEvent(store.read, store.vault, eventSeq);
    if (event === undefined) return { status: null, error: "event_gone", retryAfterMs: null };
    return attemptWebhook(this.#parts, webhook, event, this.#signal);
  }

  async #record(
    webhook: WebhookRow,
    delivery: DueDelivery,
    { status, error, retryAfterMs }: Outcome,
  ): Promise<DeliveryEnd> {
    const { store, clock, random = Math.random } = this.#parts;
    const now = clock();
    const next = error === null ? null : retryAt(delivery.attempts + 1, retryAfterMs, random(), now);
    return store.write(async (db) => {
      // The old receiver's word, after the client has named a new one, says nothing of the new.
      const gone = status === GONE && (await findWebhook(db, this.#client))?.url === webhook.url;
      await recordDelivery(db, delivery.event_seq, { status, error, retryAt: gone ? null : next }, now);
      if (gone) await disableWebhook(db, this.#client, "the receiver answered 410 Gone", now);
      if (error === null) return "delivered";
      return gone || next === null ? "given_up" : "failed";
    });
  }
}

/** "I want no more of these", Standard Webhooks 1.0.0. */
const GONE = 410;
