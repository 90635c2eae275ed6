/** Where ARI is and who may ask. */
export interface AriAccess {
  readonly port: number;
  readonly username: string;
  readonly password: string;
}

/**
 * Whether Asterisk has finished its start: ARI is up from an early moment, but says 503 to everything
 * until the last module is loaded.
 */
export async function ariAnswers(ari: AriAccess, signal: AbortSignal): Promise<boolean> {
  const credentials = Buffer.from(`${ari.username}:${ari.password}`).toString("base64");
  try {
    const response = await fetch(`http://127.0.0.1:${String(ari.port)}/ari/asterisk/ping`, {
      headers: { authorization: `Basic ${credentials}`, connection: "close" },
      signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}
