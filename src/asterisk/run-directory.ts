import { createHash } from "node:crypto";
import { lstat, mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigurationValueError } from "./errors.js";

/** sun_path has 108 bytes, the last of them zero (unix(7)). Asterisk would cut a longer path and go on. */
const SOCKET_PATH_BYTES = 107;

/** A folder for Asterisk's control socket: the wished one if the socket's path is short enough in it. */
export async function controlSocketDir(wished: string): Promise<string> {
  if (Buffer.byteLength(join(wished, "asterisk.ctl")) <= SOCKET_PATH_BYTES) {
    await mkdir(wished, { recursive: true, mode: 0o700 });
    return wished;
  }
  // Always the same one for the same data directory, so that it is found again and none pile up.
  const dir = join(tmpdir(), `honnin-${createHash("sha256").update(wished).digest("hex").slice(0, 16)}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const { uid, mode } = await lstat(dir);
  // Anyone can make this name in /tmp before us; who reaches the socket commands Asterisk.
  if (uid !== process.getuid?.() || (mode & 0o170_077) !== 0o040_000) {
    throw new ConfigurationValueError(
      "HONNIN_DATA_DIR",
      `its path is too long, and ${dir} is not ours alone`,
    );
  }
  return dir;
}
