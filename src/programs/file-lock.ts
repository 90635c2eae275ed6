import { once } from "node:events";
import { startProgram } from "../child-process.js";
import { LockTimeoutError } from "./fetch-errors.js";

/** A cold fetch takes 20 s here; a slow line may take minutes. */
const WAIT_SECONDS = 900;

/**
 * Does something while no other process that asks for the same lock does. The lock is the kernel's
 * (flock(2), held by a child of ours): it ends with its holder, however that ends, so there is no stale lock
 * to recognise and no race in recognising it.
 */
export async function withFileLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  // The child says that it holds the lock, then lives as long as its standard input: it ends with us.
  const args = ["--exclusive", "--timeout", String(WAIT_SECONDS), path, "sh", "-c", "echo held; exec cat"];
  const holder = await startProgram("flock", args, { stdio: ["pipe", "pipe", "ignore"] });
  const closed = once(holder, "close");
  const { stdin, stdout } = holder;
  if (stdin === null || stdout === null) throw new TypeError("flock was started without pipes");
  const held = await Promise.race([once(stdout, "data").then(() => true), closed.then(() => false)]);
  if (!held) throw new LockTimeoutError(path, WAIT_SECONDS);
  try {
    return await work();
  } finally {
    stdin.end();
    await closed;
  }
}
