import { mkdir, rm } from "node:fs/promises";
import { basename } from "node:path";
import { BrokenRootError } from "./fetch-errors.js";
import { runProgram } from "./run-program.js";

/** Two at a time: decompression is bound by the processor, and a small machine has two. */
const AT_ONCE = 2;

/**
 * As `dpkg -x`, less set-user-id and set-group-id: passwd, su and their like come along as dependencies, and unpacked by root
 * they would be set-user-id root in a place that no update reaches. They are never set, not set and taken away: under
 * RestrictSUIDSGID of our unit that much is refused already. Readable for all, whatever UMask the unit has.
 */
const UNPACK =
  'umask 022 && dpkg-deb --fsys-tarfile "$0" | ' +
  'tar -x -f - -C "$1" --no-same-permissions --no-same-owner --warning=no-timestamp';

/** Unpacks .deb files into a new folder, without running anything that is in them. */
export async function unpackPackages(files: readonly string[], dir: string): Promise<void> {
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  const queue = [...files];
  const worker = async (): Promise<void> => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
      const args = ["-o", "pipefail", "-c", UNPACK, file, dir];
      const result = await runProgram("bash", args, { deadlineMs: 120_000 });
      if (result.code !== 0) throw new BrokenRootError(basename(file), result.stderr.trim());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/** Package and version from the name of a file in apt's cache: `baresip-core_1.1.0-3.1_amd64.deb`. */
export function packageOfFile(path: string): { name: string; version: string } {
  const [name = "", version = ""] = basename(path, ".deb").split("_");
  return { name, version: decodeURIComponent(version) };
}
