import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

/** A folder of one's own that goes when the test ends. */
export async function tempDir(): Promise<{ path: string; remove: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), "honnin-test-"));
  return { path: dir, remove: () => rm(dir, { recursive: true, force: true }) };
}
