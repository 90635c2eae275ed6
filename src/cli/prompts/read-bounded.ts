import { readFile, stat } from "node:fs/promises";
import { PromptRefusal } from "../../prompts/prompt-refusal.js";

/**
 * Reads a file that is not larger than it may be.
 *
 * @param tooLarge what to throw when it is.
 * @throws {PromptRefusal} `file_unreadable`, also of what is no plain file: a pipe might never end.
 */
export async function readBounded(
  file: string,
  maxBytes: number,
  tooLarge: () => PromptRefusal,
): Promise<Buffer> {
  const about = await stat(file).catch(() => undefined);
  if (about?.isFile() !== true) {
    throw new PromptRefusal("file_unreadable", `There is no such file, or it is no plain file: ${file}.`);
  }
  if (about.size > maxBytes) throw tooLarge();
  const bytes = await readFile(file).catch(() => undefined);
  if (bytes === undefined) throw new PromptRefusal("file_unreadable", `The file cannot be read: ${file}.`);
  return bytes;
}
