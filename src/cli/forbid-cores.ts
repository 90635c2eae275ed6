import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { startProgram } from "../child-process.js";
import { errorText, type Logger } from "../log.js";

const PRLIMIT_MS = 5_000;

/**
 * This process and all that it starts write no core: there are keys, codes and passwords in their memory, and a core
 * lies about for years and is sent to whoever is to look into a crash.
 *
 * Two ways, for neither is enough: the limit of the kernel (core(5)) does not hold where cores go to a program, as
 * systemd-coredump is one; what is to be in a core (`coredump_filter`, nothing here) holds there too. Node can set no
 * limits, so prlimit(1) of util-linux does. Both are handed down to Asterisk, which is started later.
 */
export async function forbidCores(log: Logger): Promise<void> {
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
    const args = ["--pid", String(process.pid), "--core=0:0"];
    const prlimit = await startProgram("prlimit", args, { stdio: "ignore" });
    const deadline = setTimeout(() => prlimit.kill("SIGKILL"), PRLIMIT_MS);
    const [code] = (await once(prlimit, "close")) as [number | null];
    clearTimeout(deadline);
    if (code !== 0) throw new Error(`prlimit ended with ${String(code)}`);
  } catch (error) {
    log.warn("a crash may leave a core file with keys and codes in it", { error: errorText(error) });
  }
}
