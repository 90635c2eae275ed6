import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { hasErrorCode } from "../error-code.js";

/**
 * Reads the secret in a file, or makes one of so many random bytes (kept as base64url) if there is none.
 * The file is readable by its owner only, from the first moment on. Of two processes that make it at once
 * one wins and both return the winner's.
 */
export async function ensureSecretFile(path: string, bytes: number): Promise<string> {
  const secret = await ensurePrivateFile(path, () => `${randomBytes(bytes).toString("base64url")}\n`);
  return secret.trim();
}

/** Reads a private file, or makes it with the given text; see {@link ensureSecretFile}. */
export async function ensurePrivateFile(path: string, make: () => string): Promise<string> {
  const existing = await readIfPresent(path);
  if (existing !== null) return existing;
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Written whole beside it, then linked: link(2) fails if the name is taken, and a process killed halfway
  // leaves no half secret under the real name.
  const draft = `${path}.${randomBytes(6).toString("hex")}`;
  await writeFile(draft, make(), { mode: 0o600, flag: "wx", flush: true });
  try {
    await link(draft, path);
  } catch (error) {
    if (!hasErrorCode(error, "EEXIST")) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  return readFile(path, "utf8");
}

async function readIfPresent(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, "utf8");
    await chmod(path, 0o600);
    return text;
  } catch (error) {
    if (hasErrorCode(error, "ENOENT")) return null;
    throw error;
  }
}
