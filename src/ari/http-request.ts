import { AriLinkDownError, AriRequestError, AriTimeoutError } from "./errors.js";

/** Where ARI is, and who asks. */
export interface AriLogin {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

interface HttpRequest {
  readonly method: "GET" | "POST";
  /** Under `/ari/`. */
  readonly path: string;
  /** Names the request in errors: the path without ids. */
  readonly operation: string;
  readonly body?: unknown;
}

/**
 * One request to ARI by plain HTTP, on a connection of its own.
 *
 * @returns the answer's JSON.
 * @throws {AriRequestError} with the status: 401 for a wrong password, 503 while Asterisk starts.
 * @throws {AriTimeoutError} after `ms`.
 * @throws {AriLinkDownError} when it cannot be reached, or `signal` was given.
 */
export async function requestByHttp(
  login: AriLogin,
  { method, path, operation, body }: HttpRequest,
  ms: number,
  signal?: AbortSignal,
): Promise<unknown> {
  const credentials = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  // Not AbortSignal.timeout: once joined to another signal, Node 20 may collect it before its time, and it never comes.
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, ms);
  try {
    const response = await fetch(`${login.url.replace(/\/$/, "")}/ari/${path}`, {
      method,
      headers: {
        authorization: `Basic ${credentials}`,
        connection: "close",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
    });
    const text = await response.text();
    if (!response.ok) throw new AriRequestError(method, operation, response.status, response.statusText);
    return JSON.parse(text) as unknown;
  } catch (error) {
    if (error instanceof AriRequestError) throw error;
    if (late.signal.aborted) throw new AriTimeoutError(method, operation, ms);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new AriLinkDownError(
      `ARI ${method} ${operation}: ${cause instanceof Error ? cause.message : "failed"}`,
    );
  } finally {
    clearTimeout(timer);
  }
}
