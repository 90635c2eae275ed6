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
export async function ariAnswers(ari: AriAccess, signal: AbortSignal): Promise<boolean> {
  const credentials = Buffer.from(`${ari.username}:${ari.password}`).toString("base64");
  // Not AbortSignal.timeout: once joined to another signal, Node 20 may collect it before its time, and it never comes.
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, ANSWER_MS);
  try {
    const response = await fetch(`http://127.0.0.1:${String(ari.port)}/ari/asterisk/ping`, {
      headers: { authorization: `Basic ${credentials}`, connection: "close" },
      signal: AbortSignal.any([signal, late.signal]),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  } finally {
    clearTimeout(timer);
  }
}
