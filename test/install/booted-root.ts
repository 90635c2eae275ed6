import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { poll } from "../phones/waiting.js";
import { type DebianRoot, ended, type Ended, INSIDE_ENV } from "./debian-root.js";

const BOOTED_MS = 120_000;
/**
 * In a control group of its own below the machine's, and in namespaces of which it sees nothing else. It ends with the
 * script, and its control groups go with it.
 */
const OUTSIDE = `set -e
mkdir -p "$0/mnt" && mount -t cgroup2 none "$0/mnt"
group="$0/mnt/honnin-install-$$"
mkdir "$group"
echo 0 > "$group/cgroup.procs"
unshare --mount --cgroup --pid --fork --kill-child --ipc --uts sh -c "$1" "$0" || true
echo 0 > "$0/mnt/cgroup.procs"
find "$group" -depth -type d -exec rmdir {} +`;
/**
 * What a container's manager would lay out (https://systemd.io/CONTAINER_INTERFACE). The machine's kernel is not this system's
 * to set: /proc/sys is read-only, and what modules, clock and log are ruled by is not among its capabilities.
 */
const BOOT = `set -e
umount "$0/mnt"
mount --bind "$0" "$0" && cd "$0"
mount -t proc none proc && mount --bind proc/sys proc/sys && mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro none sys && mount -t cgroup2 none sys/fs/cgroup
mount -t tmpfs -o mode=755 none run && mount -t tmpfs -o mode=1777 none tmp && mount -t tmpfs -o mode=755 none dev
for name in null zero full random urandom tty; do touch "dev/$name" && mount --bind "/dev/$name" "dev/$name"; done
mkdir dev/pts dev/shm && mount -t tmpfs -o mode=1777 none dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 none dev/pts && ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd && ln -s fd/0 dev/stdin && ln -s fd/1 dev/stdout && ln -s fd/2 dev/stderr
pivot_root . mnt && umount -l /mnt
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin setpriv \\
  --bounding-set=-sys_module,-sys_time,-syslog,-sys_rawio /usr/lib/systemd/systemd --system --show-status=false`;

/** A Debian that runs: systemd is its first process. On the network of this machine. Wants root and a cgroup2. */
export class BootedRoot implements AsyncDisposable {
  readonly root: DebianRoot;
  readonly #outside: ChildProcess;
  readonly #end: Promise<Ended>;
  #first = 0;

  private constructor(root: DebianRoot) {
    this.root = root;
    this.#outside = spawn("unshare", ["--mount", "sh", "-c", OUTSIDE, root.path, BOOT], {
      env: INSIDE_ENV,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#end = ended(this.#outside);
  }

  /** @param root in which systemd is installed */
  static async boot(root: DebianRoot): Promise<BootedRoot> {
    const booted = new BootedRoot(root);
    try {
      await poll(() => booted.#isUp(), BOOTED_MS, "systemd");
      return booted;
    } catch (error) {
      const said = booted.#outside.exitCode === null ? "" : (await booted.#end).said;
      await booted[Symbol.asyncDispose]();
      throw new Error(`it was not booted:\n${said}`, { cause: error });
    }
  }

  /** Runs a program in it to its end. */
  async run(...command: readonly string[]): Promise<Ended> {
    const into = [
      "--target",
      String(this.#first),
      "--mount",
      "--pid",
      "--ipc",
      "--uts",
      "--cgroup",
      "--root",
    ];
    return ended(
      spawn("nsenter", [...into, "--wd", ...command], {
        env: INSIDE_ENV,
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  }

  /** The same, where it must go well; gives what was said. */
  async must(...command: readonly string[]): Promise<string> {
    const { code, said } = await this.run(...command);
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${String(code)}:\n${said}`);
    return said;
  }

  /** A property of a unit, as `systemctl show` has it. */
  async property(unit: string, name: string): Promise<string> {
    return (await this.must("systemctl", "show", "--value", `--property=${name}`, unit)).trim();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#outside.exitCode !== null) return;
    if (this.#first !== 0) await this.run("systemctl", "poweroff", "--force");
    else this.#outside.kill("SIGKILL");
    await this.#end;
  }

  /** Up is a system that has started all it was to start, whether or not some of it failed. */
  async #isUp(): Promise<boolean> {
    if (this.#outside.exitCode !== null) throw new Error("systemd has ended");
    if (this.#first === 0) {
      const unsharing = await childOf(this.#outside.pid ?? 0);
      const first = unsharing === 0 ? 0 : await childOf(unsharing);
      if (first === 0 || (await nameOf(first)) !== "systemd") return false;
      this.#first = first;
    }
    const { said } = await this.run("systemctl", "is-system-running");
    return /^(running|degraded)$/m.test(said);
  }
}

async function childOf(pid: number): Promise<number> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return Number(/^\d+/.exec(children)?.[0] ?? 0);
}

async function nameOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")).trim();
}
