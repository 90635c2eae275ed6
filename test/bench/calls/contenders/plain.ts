import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile, rename } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { type BenchAsterisk, DID_DIALPLAN, DID_STASIS } from "../bench-asterisk.js";
import type { ControllerSetting } from "../controllers/setting.js";
import { KEYS, PROMPTS_AFTER, PROMPTS_BEFORE } from "../conversation.js";
import { atRate, type Contender } from "../contender.js";

/** Asterisk's dialplan by itself. Calls out are placed by call files. */
export function dialplanContender(asterisk: BenchAsterisk): Contender {
  const outgoing = path.join(asterisk.spoolDir, "outgoing");
  return {
    name: "dialplan",
    asteriskPid: pidOf(asterisk),
    controllerPid: null,
    sipPort: asterisk.sipPort,
    did: DID_DIALPLAN,
    await: () => Promise.resolve(),
    call: (numbers, rate) =>
      atRate(numbers, rate, async (number) => {
        const text = `Channel: PJSIP/${number}@trunk\nContext: bench-dialplan\nExtension: s\nPriority: 1\n`;
        // Asterisk reads a file as soon as it sees it: it has to be whole.
        const draft = path.join(asterisk.spoolDir, `${number}.call`);
        await writeFile(draft, text);
        await rename(draft, path.join(outgoing, `${number}.call`));
      }),
    check: () => Promise.resolve([]),
    stop: () => Promise.resolve(),
  };
}

/** A bare controller in a process of its own. */
export async function controllerContender(
  name: "ari-client" | "rest-websocket",
  asterisk: BenchAsterisk,
): Promise<Contender> {
  const file = (id: string): string => path.join(asterisk.soundsDir, "ja", id);
  const setting: ControllerSetting = {
    ariUrl: asterisk.ariUrl,
    username: asterisk.ariUsername,
    password: asterisk.ariPassword,
    promptsBefore: PROMPTS_BEFORE.map(file),
    promptsAfter: PROMPTS_AFTER.map(file),
    keys: KEYS,
  };
  const script = fileURLToPath(new URL(`../controllers/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(setting)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const kill = (): void => {
    child.kill("SIGKILL");
  };
  process.once("exit", kill);
  await Promise.race([
    once(child.stdout, "data"),
    once(child, "exit").then(() => Promise.reject(new Error(`${name} ended before it was ready`))),
  ]);
  return {
    name,
    asteriskPid: pidOf(asterisk),
    controllerPid: child.pid ?? -1,
    sipPort: asterisk.sipPort,
    did: DID_STASIS,
    await: () => Promise.resolve(),
    call: (numbers, rate) =>
      atRate(numbers, rate, (number) => {
        child.stdin.write(`${number}\n`);
      }),
    check: () => Promise.resolve(child.exitCode === null ? [] : [`${name} ended: ${child.exitCode}`]),
    stop: async () => {
      process.off("exit", kill);
      if (child.exitCode !== null) return;
      const gone = once(child, "exit");
      kill();
      await gone;
    },
  };
}

function pidOf(asterisk: BenchAsterisk): number {
  if (asterisk.pid === null) throw new Error("Asterisk is down");
  return asterisk.pid;
}
