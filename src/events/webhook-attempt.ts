import type { Clock } from "../clock.js";
import type { Store } from "../store/store.js";
import { signingSecrets, type WebhookRow } from "../store/webhooks.js";
import { parseRetryAfter } from "./retry-schedule.js";
import { postWebhook, type WebhookAnswer, WebhookRequestError } from "./webhook-request.js";
import { webhookHeaders } from "./webhook-signature.js";

const ATTEMPT_TIMEOUT_MS = 15_000;

/** With what an attempt is made. */
export interface AttemptParts {
  readonly store: Store;
  readonly clock: Clock;
  /** Private, loopback and plain http targets are let through. */
  readonly allowPrivate: boolean;
  /** Certificates to trust in place of the system's. */
  readonly ca?: string | Buffer;
  /** 15 s: the longest of what Standard Webhooks 1.0.0 recommends leaves room for a slow receiver. */
  readonly attemptTimeoutMs?: number;
}

/** What is sent. */
export interface SentEvent {
  readonly id: string;
  readonly type: string;
  /** RFC 3339. */
  readonly timestamp: string;
  readonly data: unknown;
}

export interface Outcome {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** A stable word; null: delivered. */
  readonly error: string | null;
  readonly retryAfterMs: number | null;
}

/** Sends an event to a webhook, once, signed. Whatever becomes of it is an outcome. */
export async function attemptWebhook(
  parts: AttemptParts,
  webhook: WebhookRow,
  { id, type, timestamp, data }: SentEvent,
  signal: AbortSignal,
): Promise<Outcome> {
  const { store, clock, attemptTimeoutMs = ATTEMPT_TIMEOUT_MS, allowPrivate, ca } = parts;
  const body = JSON.stringify({ type, timestamp, data });
  const now = clock();
  const secrets = signingSecrets(webhook, store.vault, now);
  try {
    const answer = await postWebhook({
      url: webhook.url,
      headers: webhookHeaders(secrets, id, now, body),
      body,
      timeoutMs: attemptTimeoutMs,
      allowPrivate,
      ca,
      signal,
    });
    return judge(answer, clock());
  } catch (error) {
    if (!(error instanceof WebhookRequestError)) throw error;
    return { status: null, error: error.code, retryAfterMs: null };
  }
}

function judge({ status, retryAfter }: WebhookAnswer, now: number): Outcome {
  if (status >= 200 && status < 300) return { status, error: null, retryAfterMs: null };
  const error = status >= 300 && status < 400 ? "redirect" : "refused";
  return { status, error, retryAfterMs: parseRetryAfter(retryAfter, now) };
}
