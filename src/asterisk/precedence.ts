import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

/** To Node no id is the main thread of the process; to the kernel 0 is the thread that asks. */
const THIS_THREAD = 0;
/** Steps of nice(2); ten give about nine times the share of who has none. */
const STEPS = 10;
const BEST = -20;

/**
 * Starts a program that the system serves before others where it permits that (CAP_SYS_NICE or RLIMIT_NICE), else as
 * any other. Voice does not wait: an Asterisk that comes late to its packets loses keys, or tells one twice.
 *
 * Niceness belongs to a thread on Linux and is handed down: this one has it for the moment in which the program is made,
 * for a running program has threads already. Between sessions the kernel shares by group and looks at nobody's niceness
 * (sched(7), autogroup), so the program's group is favoured too; it has one of its own, being detached.
 *
 * @param start makes the program before it returns, whatever it waits for afterwards.
 */
export async function withPrecedence(start: () => Promise<ChildProcess>): Promise<ChildProcess> {
  const own = getPriority(THIS_THREAD);
  const better = Math.max(own - STEPS, BEST);
  const child = await asNice(better, own, start);
  permitted(() => {
    writeFileSync(`/proc/${String(child.pid)}/autogroup`, String(better));
  });
  return child;
}

function asNice<Made>(better: number, own: number, make: () => Made): Made {
  const isBetter = permitted(() => {
    setPriority(THIS_THREAD, better);
  });
  try {
    return make();
  } finally {
    if (isBetter) setPriority(THIS_THREAD, own);
  }
}

function permitted(act: () => void): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}
