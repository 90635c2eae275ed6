import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, totalmem } from "node:os";

import { ensureAsterisk } from "../../src/asterisk/asterisk-installation.js";
import { PROJECT_DIR } from "../phones/programs.js";

/** Where figures come from; no host name: they are for everybody to read. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly system: string;
  readonly node: string;
  readonly asterisk: string;
  readonly honnin: string;
}

export async function machine(): Promise<Machine> {
  const { version } = await ensureAsterisk({ projectDir: PROJECT_DIR, progress: () => undefined });
  const release = /^PRETTY_NAME="(.*)"$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: release,
    node: process.version.slice(1),
    asterisk: version,
    honnin: commit(),
  };
}

function commit(): string {
  try {
    const git = (...args: string[]): string =>
      execFileSync("git", ["-C", PROJECT_DIR, ...args], { encoding: "utf8", stdio: "pipe" }).trim();
    const changed = git("status", "--porcelain", "--", "src", "asterisk-config", "sounds") !== "";
    return `commit ${git("rev-parse", "--short", "HEAD")}${changed ? ", changed" : ""}`;
  } catch {
    return "no git";
  }
}
