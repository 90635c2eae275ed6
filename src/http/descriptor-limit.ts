import { readFileSync } from "node:fs";

/** What most systems give a process that asks for nothing. */
const USUAL = 1024;

/** How many files and sockets this process may have open at one time; Node takes all that it may have at its start. */
export function descriptorLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))?.[1];
    return soft === undefined ? USUAL : Number(soft);
  } catch {
    return USUAL;
  }
}
