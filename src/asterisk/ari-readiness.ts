import { requestByHttp } from "../ari/http-request.js";

/** Where ARI is and who may ask. */
export interface AriAccess {
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

const ANSWER_MS = 2_000;

/**
 * Whether Asterisk has finished its start: ARI is up from an early moment, but says 503 to everything
 * until the last module is loaded.
 */
export async function ariAnswers({ port, ...login }: AriAccess, signal: AbortSignal): Promise<boolean> {
  const ping = { method: "GET", path: "asterisk/ping", operation: "ping" } as const;
  const url = `http://127.0.0.1:${String(port)}`;
  return requestByHttp({ ...login, url }, ping, ANSWER_MS, signal).then(
    () => true,
    () => false,
  );
}
