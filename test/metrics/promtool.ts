import { runBounded } from "../../src/run-bounded.js";
import { fetched } from "../phones/programs.js";

/** Runs Debian's `promtool`, to its end. */
export async function promtool(...args: string[]): Promise<{ code: number | null; said: string }> {
  const { file, args: before, env } = (await fetched("prometheus")).command("usr/bin/promtool");
  const options = { env, deadlineMs: 120_000, maxBytes: 1_000_000 };
  const { code, stdout, stderr } = await runBounded(file, [...before, ...args], options);
  return { code, said: stdout.toString("utf8") + stderr };
}
