import { request as requestHttp, type IncomingMessage, type RequestOptions } from "node:http";
import { request as requestHttps } from "node:https";
import { errorCode } from "../../error-code.js";

/** Far above what a gateway has to say of one message. */
const MOST_BODY = 64 * 1024;
/** All that is read, heads and the lines of chunks included. */
const MOST_BYTES = 256 * 1024;
/** RFC 9110 section 15.2 allows any number; without end they would keep us at it. */
const MOST_INTERIM_ANSWERS = 8;

export interface Post {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** From the start to the end of the answer. */
  readonly timeoutMs: number;
  /** Authorities to trust in place of the system's. */
  readonly ca: string | undefined;
}

export interface PostAnswer {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
}

/** There was no whole answer. */
export class PostError extends Error {
  /** `timeout`, `answer_too_long`, `interim_answers`, or what Node calls it: `ECONNREFUSED`, `CERT_HAS_EXPIRED` … */
  readonly code: string;
  /** Whether the gateway may have read the request. */
  readonly isWritten: boolean;

  constructor(code: string, isWritten: boolean, options?: ErrorOptions) {
    super(`no answer of the gateway: ${code}`, options);
    this.name = "PostError";
    this.code = code;
    this.isWritten = isWritten;
  }
}

/**
 * One POST, on a connection of its own: one that was kept may be closed at that very moment, and nobody could tell
 * whether the message went. Redirects are answers like others.
 *
 * @throws {PostError}
 */
export async function post({ url, headers, body, timeoutMs, ca }: Post): Promise<PostAnswer> {
  const bytes = Buffer.from(body, "utf8");
  const options: RequestOptions = {
    method: "POST",
    headers: { ...headers, "content-length": bytes.length, "user-agent": "honnin" },
    agent: false,
  };
  const isTls = url.protocol === "https:";
  return new Promise((resolve, reject) => {
    const request = isTls
      ? requestHttps(url, { ...options, rejectUnauthorized: true, ...(ca === undefined ? {} : { ca }) })
      : requestHttp(url, options);
    let isWritten = false;
    const give = (code: string, cause?: Error): void => {
      clearTimeout(deadline);
      reject(new PostError(code, isWritten, { cause }));
      request.destroy();
    };
    const deadline = setTimeout(() => {
      give("timeout");
    }, timeoutMs);
    let interim = 0;
    request.on("information", () => {
      interim += 1;
      if (interim > MOST_INTERIM_ANSWERS) give("interim_answers");
    });
    request.on("socket", (socket) => {
      // Nothing of a request goes before this: what fails earlier was not sent.
      socket.once(isTls ? "secureConnect" : "connect", () => {
        isWritten = true;
      });
      socket.on("data", () => {
        if (socket.bytesRead > MOST_BYTES) give("answer_too_long");
      });
    });
    request.on("response", (response) => {
      readAll(response).then(
        (text) => {
          clearTimeout(deadline);
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers["retry-after"],
            text,
          });
          request.destroy();
        },
        (error: unknown) => {
          give(errorCode(error) ?? "failed");
        },
      );
    });
    request.on("error", (error) => {
      give(errorCode(error) ?? "failed", error);
    });
    request.end(bytes);
  });
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BODY) throw new PostError("answer_too_long", true);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
