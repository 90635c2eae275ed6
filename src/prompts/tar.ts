import { PromptRefusal } from "./prompt-refusal.js";

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  readonly bytes: Buffer;
}

const BLOCK = 512;
/** More than both locales have prompts. */
const MAX_ENTRIES = 1000;

/** An archive in the ustar format (POSIX.1-1988), of names of at most 100 characters. */
export function packTar(entries: readonly TarEntry[], seconds: number): Buffer {
  const blocks = entries.flatMap(({ name, bytes }) => [
    header(name, bytes.length, seconds),
    bytes,
    Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/**
 * Reads an archive in memory; nothing is written under a name that stands in it. Plain files and folders only:
 * no links, no devices, no long names by extension, no path out of the archive, no name twice.
 *
 * @throws {PromptRefusal} `archive_invalid`
 */
export function unpackTar(tar: Buffer): TarEntry[] {
  const entries = new Map<string, TarEntry>();
  for (let at = 0; at + BLOCK <= tar.length;) {
    const block = tar.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return [...entries.values()];
    const { name, size, type } = readHeader(block);
    const from = at + BLOCK;
    if (from + size > tar.length) throw invalid("it is cut off");
    if (type === "file") {
      if (entries.has(name)) throw invalid("it holds the same name twice");
      if (entries.size >= MAX_ENTRIES) throw invalid("it holds too many files");
      entries.set(name, { name, bytes: tar.subarray(from, from + size) });
    }
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw invalid("it is cut off");
}

function header(name: string, size: number, seconds: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(name, 0, 100, "utf8");
  const octal = (value: number, at: number, digits: number): void => {
    block.write(value.toString(8).padStart(digits, "0"), at, "latin1");
  };
  octal(0o600, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(size, 124, 11);
  octal(seconds, 136, 11);
  block.write("0", 156, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  octal(checksum(block), 148, 6);
  block.write("\u0000 ", 154, "latin1");
  return block;
}

function readHeader(block: Buffer): { name: string; size: number; type: "file" | "folder" } {
  if (block.toString("latin1", 257, 262) !== "ustar") throw invalid("it is no tar archive");
  if (Number.parseInt(text(block, 148, 8), 8) !== checksum(block)) throw invalid("a header is damaged");
  const size = text(block, 124, 12).trim();
  if (!/^[0-7]{1,11}$/.test(size)) throw invalid("a size is no number");
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? text(block, 345, 155) : "";
  const name = (prefix === "" ? "" : `${prefix}/`) + text(block, 0, 100);
  const type = block.toString("latin1", 156, 157);
  switch (type) {
    case "0":
    case "\0":
      return { name: safeName(name), size: Number.parseInt(size, 8), type: "file" };
    case "5":
      safeName(name.replace(/\/$/, ""));
      return { name, size: 0, type: "folder" };
    default:
      throw invalid("it holds a link or something else that is no plain file");
  }
}

/** `./` in front is what tar itself writes; a name may have one folder, and no more of a path. */
function safeName(name: string): string {
  const plain = name.replace(/^\.\//, "");
  if (plain === "" || plain === ".") return plain;
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]*(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)?$/.test(plain)) return plain;
  throw invalid("it holds a name with a path, or with characters that no name of ours has");
}

/** With blanks in the place of the checksum itself. */
function checksum(block: Buffer): number {
  return block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function text(block: Buffer, at: number, length: number): string {
  const field = block.toString("utf8", at, at + length);
  const end = field.indexOf("\0");
  return end < 0 ? field : field.slice(0, end);
}

export function invalid(problem: string): PromptRefusal {
  return new PromptRefusal("archive_invalid", `The archive cannot be imported: ${problem}.`);
}
