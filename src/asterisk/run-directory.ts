import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationValueError } from "./errors.js";

/** sun_path has 108 bytes, the last of them zero (unix(7)). Asterisk would cut a longer path and go on. */
const SOCKET_PATH_BYTES = 107;

/** Where a folder of sockets is: as wished if the paths in it are short enough. Nothing is made. */
export function controlSocketPlace(wished: string): string {
  if (Buffer.byteLength(join(wished, "asterisk.ctl")) <= SOCKET_PATH_BYTES) return wished;
  // Always the same one for the same data directory, so that it is found again and none pile up.
  return join(tmpdir(), `honnin-${createHash("sha256").update(wished).digest("hex").slice(0, 16)}`);
}

/** Whether a folder is ours alone: anyone can make a name in /tmp before us. */
export async function isOursAlone(dir: string): Promise<boolean> {
  const { uid, mode } = await lstat(dir);
  return uid === process.getuid?.() && (mode & 0o170_077) === 0o040_000;
}

/** A folder for Asterisk's control socket: the wished one if the socket's path is short enough in it. */
export async function controlSocketDir(wished: string): Promise<string> {
  const dir = controlSocketPlace(wished);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  // Who reaches the socket commands Asterisk.
  if (dir !== wished && !(await isOursAlone(dir))) {
    throw new ConfigurationValueError(
      "HONNIN_DATA_DIR",
      `its path is too long, and ${dir} is not ours alone`,
    );
  }
  return dir;
}
