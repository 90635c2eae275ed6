import { mkdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { BrokenRootError } from "./fetch-errors.js";
import { runProgram } from "./run-program.js";

/** Two at a time: decompression is bound by the processor, and a small machine has two. */
const AT_ONCE = 2;

/** Unpacks .deb files into a new folder, without running anything that is in them. */
export async function unpackPackages(files: readonly string[], dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      const result = await runProgram("dpkg", ["-x", file, dir], { deadlineMs: 120_000 });
      if (result.code !== 0) throw new BrokenRootError(basename(file), result.stderr.trim());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  // passwd, su and their like come along as dependencies. Unpacked by root they would be set-user-id root, in
  // a place that no update reaches.
  const strip = await runProgram("find", [dir, "-perm", "/6000", "-exec", "chmod", "ug-s", "{}", "+"], {
    deadlineMs: 60_000,
  });
  if (strip.code !== 0) throw new BrokenRootError(basename(dir), strip.stderr.trim());
}

/** Package and version from the name of a file in apt's cache: `baresip-core_1.1.0-3.1_amd64.deb`. */
export function packageOfFile(path: string): { name: string; version: string } {
  const [name = "", version = ""] = basename(path, ".deb").split("_");
  return { name, version: decodeURIComponent(version) };
}
