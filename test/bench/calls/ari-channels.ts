import { readFile } from "node:fs/promises";
import path from "node:path";

/** How many channels Asterisk itself says are up: asked beside the service, of the Asterisk of its data folder. */
export async function channelsUp(dataDir: string): Promise<number> {
  const folder = path.join(dataDir, "asterisk");
  const port = /^bindport = (\d+)$/m.exec(await readFile(path.join(folder, "etc/http.conf"), "utf8"))?.[1];
  const password = (await readFile(path.join(folder, "ari-password"), "utf8")).trim();
  const answer = await fetch(`http://127.0.0.1:${port}/ari/channels`, {
    headers: { authorization: `Basic ${Buffer.from(`honnin:${password}`).toString("base64")}` },
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`ARI answered ${answer.status}`);
  const channels = (await answer.json()) as { state: string }[];
  return channels.filter(({ state }) => state === "Up").length;
}
