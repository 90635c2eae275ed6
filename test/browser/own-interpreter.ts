const ELF = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]);
const PT_INTERP = 3;

/**
 * A program that asks for another loader. Firefox starts itself again for each of its processes, by what it runs as,
 * so it has to run as itself and not as an argument of the loader. The kernel reads the loader's path from where the
 * program header says that it lies in the file, and it may lie at the end (elf(5), `PT_INTERP`).
 *
 * @param bytes an ELF file of 64 bits, little endian.
 * @returns null where it is none, or asks for no loader.
 */
export function withInterpreter(bytes: Buffer, loader: string): Buffer | null {
  if (!bytes.subarray(0, ELF.length).equals(ELF)) return null;
  const first = Number(bytes.readBigUInt64LE(0x20));
  const size = bytes.readUInt16LE(0x36);
  const count = bytes.readUInt16LE(0x38);
  for (let nth = 0; nth < count; nth += 1) {
    const at = first + nth * size;
    if (bytes.readUInt32LE(at) !== PT_INTERP) continue;
    const path = Buffer.from(`${loader}\0`);
    const changed = Buffer.concat([bytes, path]);
    changed.writeBigUInt64LE(BigInt(bytes.length), at + 8);
    changed.writeBigUInt64LE(BigInt(path.length), at + 32);
    return changed;
  }
  return null;
}
