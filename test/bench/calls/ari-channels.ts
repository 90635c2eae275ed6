import { readFile } from "node:fs/promises";
import path from "node:path";
import { requestByHttp } from "../../../src/ari/http-request.js";
import type { AriChannel } from "../../../src/ari/messages.js";

/** An Asterisk with a thousand calls takes its time. */
const ANSWER_MS = 10_000;

/** How many channels Asterisk itself says are up: asked beside the service, of the Asterisk of its data folder. */
export async function channelsUp(dataDir: string): Promise<number> {
  const folder = path.join(dataDir, "asterisk");
  const port = /^bindport = (\d+)$/m.exec(await readFile(path.join(folder, "etc/http.conf"), "utf8"))?.[1];
  const password = (await readFile(path.join(folder, "ari-password"), "utf8")).trim();
  const login = { url: `http://127.0.0.1:${port}`, username: "honnin", password };
  const request = { method: "GET", path: "channels", operation: "channels" } as const;
  const channels = (await requestByHttp(login, request, ANSWER_MS)) as AriChannel[];
  return channels.filter(({ state }) => state === "Up").length;
}
