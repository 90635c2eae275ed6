import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { checkWebhookUrl, guardedLookup, hostOf } from "./webhook-target.js";

/** A receiver's words are of no use to us; this much is read so that it can end its answer in peace. */
const BODY_LIMIT = 64 * 1024;
/**
 * Answers before the answer (RFC 9110 section 15.2: a client has to bear any number). One or two are usual; a receiver
 * that sent 103 without end kept the event loop at it for the whole 15 s of an attempt, and the API waited.
 */
const MOST_INTERIM_ANSWERS = 8;
/** All that is read of one answer, the chunks' own lines included, which count as no body. */
const MOST_BYTES = 256 * 1024;

export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the start to the end of the answer. */
  readonly timeoutMs: number;
  readonly allowPrivate: boolean;
  /** Certificates to trust in place of the system's. */
  readonly ca: string | Buffer | undefined;
  /** Gives the attempt up: the service stops. */
  readonly signal: AbortSignal;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
}

/** There was no answer. */
export class WebhookRequestError extends Error {
  /**
   * `timeout`, `target_refused`, `interim_answers`, `answer_too_long`, or what Node calls it: `ECONNREFUSED`,
   * `ENOTFOUND`, `CERT_HAS_EXPIRED` …
   */
  readonly code: string;

  constructor(code: string, options?: ErrorOptions) {
    super(`the webhook could not be delivered: ${code}`, options);
    this.name = "WebhookRequestError";
    this.code = code;
  }
}

/**
 * One POST on a connection of its own. Redirects are not followed: a signed event goes where its
 * client said and nowhere else. The status stands when the headers are there, whatever becomes of
 * the body.
 *
 * @throws {WebhookRequestError}
 */
export async function postWebhook(webhook: WebhookRequest): Promise<WebhookAnswer> {
  try {
    return await post(webhook);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    throw new WebhookRequestError(typeof code === "string" ? code : "failed", { cause: error });
  }
}

async function post(webhook: WebhookRequest): Promise<WebhookAnswer> {
  const url = checkWebhookUrl(webhook.url, webhook.allowPrivate);
  const body = Buffer.from(webhook.body, "utf8");
  const options: RequestOptions = {
    method: "POST",
    hostname: hostOf(url),
    port: url.port,
    path: url.pathname + url.search,
    headers: {
      ...webhook.headers,
      "content-type": "application/json",
      "content-length": body.length,
      "user-agent": "honnin-webhooks",
    },
    lookup: guardedLookup(webhook.allowPrivate),
    // A connection of its own: one that was kept may be closed by the receiver at that very moment.
    agent: false,
    signal: webhook.signal,
  };
  return new Promise((resolve, reject) => {
    const request =
      url.protocol === "https:"
        ? requestHttps({ ...options, ...(webhook.ca === undefined ? {} : { ca: webhook.ca }) })
        : requestHttp(options);
    const deadline = setTimeout(() => {
      request.destroy(new WebhookRequestError("timeout"));
    }, webhook.timeoutMs);
    let interim = 0;
    request.on("information", () => {
      interim += 1;
      if (interim > MOST_INTERIM_ANSWERS) request.destroy(new WebhookRequestError("interim_answers"));
    });
    request.on("socket", (socket) => {
      socket.on("data", () => {
        if (socket.bytesRead > MOST_BYTES) request.destroy(new WebhookRequestError("answer_too_long"));
      });
    });
    let answer: WebhookAnswer | undefined;
    request.on("response", (response) => {
      const heard = { status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] };
      answer = heard;
      drain(response, () => {
        resolve(heard);
        request.destroy();
      });
    });
    request.on("error", (error) => {
      if (answer === undefined) reject(error);
      else resolve(answer);
    });
    request.on("close", () => {
      clearTimeout(deadline);
      // No more than a backstop: after an answer or an error this changes nothing.
      reject(new WebhookRequestError("closed"));
    });
    request.end(body);
  });
}

/** Calls `done` when the body ended, broke, ran over the limit or out of time. */
function drain(response: IncomingMessage, done: () => void): void {
  let bytes = 0;
  response.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > BODY_LIMIT) done();
  });
  response.on("error", done);
  response.on("close", done);
}
