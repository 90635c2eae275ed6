import { type AriLogin, requestByHttp } from "./http-request.js";

/**
 * Asks Asterisk for its version, once: `16.28.0~dfsg-0+deb11u4`, `certified/20.7-cert5`. Rejects as
 * {@link requestByHttp} does.
 */
export async function askVersion(login: AriLogin, ms: number, signal?: AbortSignal): Promise<string> {
  const request = { method: "GET", path: "asterisk/info?only=system", operation: "asterisk/info" } as const;
  const info = (await requestByHttp(login, request, ms, signal)) as { system?: { version?: string } };
  return info.system?.version ?? "";
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
