import path from "node:path";
import { endStaleProcess } from "../asterisk/stale-process.js";

/**
 * Ends the bundled Asterisk of a data directory at once, by its pid file, so also while its service does not stand
 * yet or was killed; one that never ran is no error.
 */
export async function endAsterisk(dataDir: string): Promise<void> {
  const dir = path.join(dataDir, "asterisk");
  await endStaleProcess(path.join(dir, "pid"), path.join(dir, "etc", "asterisk.conf"));
}
