import { existsSync, readFileSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseExamination } from "../database.js";
import { connect } from "./sqlite-connection.js";

const LOOKS = 12;
const BETWEEN_LOOKS_MS = 150;
const MOST_TOLD = 5;
/** Where the lock of whoever writes is in the file of shared memory (https://www.sqlite.org/walformat.html, 2.3.1). */
const WRITE_LOCK_BYTE = 120;

/** Looks at a database without writing, locking or waiting for anybody. */
export async function examineSqlite(file: string): Promise<DatabaseExamination> {
  if (!existsSync(file)) return { damage: [], heldBy: null };
  return { damage: damageOf(file), heldBy: await holderOf(`${file}-shm`) };
}

function damageOf(file: string): readonly string[] {
  try {
    const { sqlite } = connect(file, { readonly: true, timeout: 2_000 });
    try {
      const said = sqlite.pragma(`quick_check(${String(MOST_TOLD)})`) as { quick_check: string }[];
      return said.map(({ quick_check: line }) => line).filter((line) => line !== "ok");
    } finally {
      sqlite.close();
    }
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

/** The same process at every look: a commit takes milliseconds, so nobody who works holds it for seconds. */
async function holderOf(sharedMemory: string): Promise<number | null> {
  if (!existsSync(sharedMemory)) return null;
  let held: number | null = null;
  for (let look = 0; look < LOOKS; look += 1) {
    const now = writerNow(sharedMemory);
    if (now === null || (held !== null && now !== held)) return null;
    held = now;
    await delay(BETWEEN_LOOKS_MS);
  }
  return held;
}

/** As the kernel lists locks (proc(5), /proc/locks): `1: POSIX ADVISORY WRITE 4242 08:01:1234 120 120`. */
function writerNow(sharedMemory: string): number | null {
  try {
    const { ino } = statSync(sharedMemory);
    for (const line of readFileSync("/proc/locks", "utf8").split("\n")) {
      const [, pid, inode, from, to] =
        /POSIX\s+\S+\s+WRITE\s+(-?\d+)\s+\w+:\w+:(\d+)\s+(\d+)\s+(\d+)/.exec(line) ?? [];
      const covers = Number(from) <= WRITE_LOCK_BYTE && Number(to) >= WRITE_LOCK_BYTE;
      if (Number(inode) === ino && covers) return Number(pid);
    }
  } catch {
    // No such list here, or the database was closed meanwhile.
  }
  return null;
}
