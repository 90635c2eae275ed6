import { readdirSync, readFileSync } from "node:fs";

/** Names and pids of the processes of others' programs that this one has started and that still run. */
export function childProcesses(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
        // "pid (name) state ppid …"; a name may hold blanks and brackets.
        const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        if (Number(parent) !== process.pid || state === "Z") return [];
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
        return /asterisk|sipp|baresip/.test(command) ? [`${pid} ${command.slice(0, 80)}`] : [];
      } catch {
        return [];
      }
    });
}
