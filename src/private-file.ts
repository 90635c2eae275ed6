import { randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { hasErrorCode } from "./error-code.js";

/**
 * Makes a file that its owner alone may read, from the first moment on, unless it is there. Written whole and synced under
 * another name first, then linked: nobody ever reads half of it, a process killed halfway leaves nothing under the
 * real name, and of two that make it at once one wins.
 */
export function makePrivateFile(file: string, text: string): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomBytes(6).toString("hex")}`;
  const handle = openSync(draft, "wx", 0o600);
  try {
    try {
      writeFileSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    linkSync(draft, file);
  } catch (error) {
    if (!hasErrorCode(error, "EEXIST")) throw error;
  } finally {
    unlinkSync(draft);
  }
}
