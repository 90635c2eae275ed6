import path from "node:path";
import { architecture } from "../../src/programs/architecture.js";
import { fetched } from "../phones/programs.js";
import type { Settings } from "./node.js";

/**
 * For the start of a process whose machine has its clock wrong. How time passes it is told rightly, as every machine
 * tells it.
 *
 * @param seconds ahead; negative: behind.
 */
export async function wrongClock(seconds: number): Promise<Settings> {
  const { root } = await fetched("faketime");
  return {
    LD_PRELOAD: path.join(root, "usr/lib", architecture().triplet, "faketime/libfaketimeMT.so.1"),
    FAKETIME: `${seconds < 0 ? "" : "+"}${String(seconds)}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  };
}
