import { randomBytes } from "node:crypto";
import { chmod, readFile } from "node:fs/promises";
import { hasErrorCode } from "../error-code.js";
import { makePrivateFile } from "../private-file.js";

/** Reads the secret in a file, or makes one of so many random bytes (kept as base64url) if there is none. */
export async function ensureSecretFile(path: string, bytes: number): Promise<string> {
  const secret = await ensurePrivateFile(path, () => `${randomBytes(bytes).toString("base64url")}\n`);
  return secret.trim();
}

/** Reads a private file, or makes it with the given text; see {@link makePrivateFile}. */
export async function ensurePrivateFile(path: string, make: () => string): Promise<string> {
  const existing = await readIfPresent(path);
  if (existing !== null) return existing;
  makePrivateFile(path, make());
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
