import { AriLinkDownError, AriRequestError, AriTimeoutError } from "./errors.js";

/** Where ARI is, and who asks. */
export interface AriLogin {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/**
 * Asks Asterisk for its version, once, over plain HTTP: `16.28.0~dfsg-0+deb11u4`, `certified/20.7-cert5`.
 *
 * @throws {AriRequestError} with the status: 401 for a wrong password, 503 while it starts.
 * @throws {AriTimeoutError} after `ms`.
 * @throws {AriLinkDownError} when it cannot be reached, or `signal` was given.
 */
export async function askVersion(login: AriLogin, ms: number, signal?: AbortSignal): Promise<string> {
  const credentials = Buffer.from(`${login.username}:${login.password}`).toString("base64");
  const deadline = AbortSignal.timeout(ms);
  try {
    const response = await fetch(`${login.url.replace(/\/$/, "")}/ari/asterisk/info?only=system`, {
      headers: { authorization: `Basic ${credentials}`, connection: "close" },
      signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
    });
    const text = await response.text();
    if (!response.ok) throw new AriRequestError("GET", "asterisk/info", response.status, response.statusText);
    return (JSON.parse(text) as { system?: { version?: string } }).system?.version ?? "";
  } catch (error) {
    if (error instanceof AriRequestError) throw error;
    if (deadline.aborted) throw new AriTimeoutError("GET", "asterisk/info", ms);
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new AriLinkDownError(`ARI GET asterisk/info: ${cause instanceof Error ? cause.message : "failed"}`);
  }
}

/** REST over WebSocket came to these branches with these releases, and to every later branch. */
const REST_OVER_WEBSOCKET: Readonly<Partial<Record<number, number>>> = { 20: 14, 21: 9, 22: 4 };
const NEWEST_BRANCH = 22;

/** Whether this version takes REST requests over its events socket. One without a number is a build of the newest. */
export function hasRestOverWebSocket(version: string): boolean {
  const [, major, minor] = (/(\d+)\.(\d+)/.exec(version) ?? []).map(Number);
  if (major === undefined || minor === undefined || major > NEWEST_BRANCH) return true;
  const since = REST_OVER_WEBSOCKET[major];
  return since !== undefined && minor >= since;
}
