import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import {
  prepareBundledAsterisk,
  type BundledAsterisk,
  type BundledAsteriskSettings,
} from "../../src/asterisk/bundled-asterisk.js";
import { freeUdpPort } from "../phones/ports.js";
import { tempDir } from "../support/temp-dir.js";
import { PROJECT_DIR } from "./configuration-values.js";

/** A bundled Asterisk in a folder of its own, prepared and not yet started. */
export interface TestAsterisk extends AsyncDisposable {
  readonly asterisk: BundledAsterisk;
  readonly dataDir: string;
  readonly lines: readonly string[];
}

export async function prepareAsterisk(change: Partial<BundledAsteriskSettings> = {}): Promise<TestAsterisk> {
  // A folder that was given is its giver's to remove.
  const dir =
    change.dataDir === undefined
      ? await tempDir()
      : { path: change.dataDir, remove: () => Promise.resolve() };
  const lines: string[] = [];
  const asterisk = await prepareBundledAsterisk({
    dataDir: dir.path,
    projectDir: PROJECT_DIR,
    soundsDir: path.join(PROJECT_DIR, "sounds"),
    sipHost: "127.0.0.1",
    sipPort: await freeUdpPort(),
    trunks: [{ name: "trunk", uri: "sip:127.0.0.1:5070" }],
    dids: ["+81312345678"],
    progress: (line) => lines.push(line),
    log: (_level, line) => lines.push(line),
    ...change,
  }).catch(async (error: unknown) => {
    await dir.remove();
    throw error;
  });
  return {
    asterisk,
    dataDir: dir.path,
    lines,
    async [Symbol.asyncDispose]() {
      await asterisk.stop();
      await dir.remove();
    },
  };
}
/** The status that ARI gives to a request with this password. */
export async function ariStatus(asterisk: BundledAsterisk, password = asterisk.ariPassword): Promise<number> {
  const credentials = Buffer.from(`${asterisk.ariUsername}:${password}`).toString("base64");
  const response = await fetch(`${asterisk.ariUrl}/ari/asterisk/info`, {
    headers: { authorization: `Basic ${credentials}` },
    signal: AbortSignal.timeout(60_000),
  });
  await response.arrayBuffer();
  return response.status;
}

/** What may be called or may call through this Asterisk, as its PJSIP knows it. */
export async function pjsipEndpoints(asterisk: BundledAsterisk): Promise<string[]> {
  const credentials = Buffer.from(`${asterisk.ariUsername}:${asterisk.ariPassword}`).toString("base64");
  const response = await fetch(`${asterisk.ariUrl}/ari/endpoints/PJSIP`, {
    headers: { authorization: `Basic ${credentials}` },
    signal: AbortSignal.timeout(60_000),
  });
  const endpoints = (await response.json()) as { resource: string }[];
  return endpoints.map(({ resource }) => resource).sort();
}

/** Lets another process start an Asterisk for this data directory and be killed. */
export async function leaveBehind(dataDir: string): Promise<{ pid: number; sipPort: number }> {
  const script = path.join(import.meta.dirname, "owner-process.ts");
  const owner = spawn(process.execPath, ["--import", "tsx", script, dataDir], {
    cwd: PROJECT_DIR,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [said] = (await once(owner.stdout, "data", { signal: AbortSignal.timeout(60_000) })) as [Buffer];
  const gone = once(owner, "close");
  owner.kill("SIGKILL");
  await gone;
  return JSON.parse(said.toString()) as { pid: number; sipPort: number };
}
