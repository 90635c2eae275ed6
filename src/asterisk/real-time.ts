import { runBounded } from "../run-bounded.js";

/** Of 1 to 99: above every program that shares by niceness, and below the kernel's own threads. */
const PRIORITY = 10;
const TRIES = 3;

/**
 * Has the system serve all threads of a program, and those that they will make, as soon as they want to run (SCHED_RR,
 * sched(7)). Niceness is a share: beside four busy loops an Asterisk with ten times theirs still stood still for up to two
 * seconds, and keys that it then finds all at once cannot be told from one key told often. What it does takes
 * microseconds, and the kernel keeps a twentieth of each second for others (`sched_rt_runtime_us`, as it is shipped).
 *
 * Not Asterisk's own `-p`: root alone may use it, and it gives the precedence up after two minutes where its
 * watchdog program is not to be found.
 *
 * @returns whether the system permits it (CAP_SYS_NICE or RLIMIT_RTPRIO) and has `chrt`. It gives up at a thread that has
 *   just ended, so it is asked a few times.
 */
export async function serveAtOnce(pid: number): Promise<boolean> {
  const args = ["--all-tasks", "--rr", "--pid", String(PRIORITY), String(pid)];
  try {
    for (let tries = 0; tries < TRIES; tries += 1) {
      const { code } = await runBounded("chrt", args, { deadlineMs: 2_000, maxBytes: 10_000 });
      if (code === 0) return true;
    }
  } catch {
    // There is no chrt.
  }
  return false;
}
