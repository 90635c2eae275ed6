import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import path from "node:path";
import { distributionOf } from "./distribution.js";

/** A small machine under full load needs minutes for what takes seconds. */
const DEADLINE_MS = 1_500_000;
/** Its own /proc and /dev, which go when the program that was started there ends, however it does. */
const INSIDE = 'mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"';

/** Of what runs there. */
export const INSIDE_ENV = {
  PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
  DEBIAN_FRONTEND: "noninteractive",
  LC_ALL: "C.UTF-8",
};

export interface Ended {
  readonly code: number | null;
  /** Of both channels. */
  readonly said: string;
}

/**
 * A Debian or Ubuntu as it is when it has just been installed, in a folder; made from the mirror that this machine uses.
 * Wants root: packages are installed in it. HONNIN_INSTALL_ROOTS names a folder of what mmdebstrap has made before, as
 * `SUITE.tar`.
 */
export class DebianRoot implements AsyncDisposable {
  readonly path: string;
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
    this.path = path.join(dir, "root");
  }

  /** @param suite such as `bookworm` or, of Ubuntu, `noble` */
  static async make(suite: string): Promise<DebianRoot> {
    if (process.getuid?.() !== 0) throw new Error("a fresh Debian to install into wants root");
    const made = new DebianRoot(await mkdtemp(path.join(tmpdir(), "honnin-install-")));
    try {
      await made.#bootstrap(suite);
      return made;
    } catch (error) {
      await made[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #bootstrap(suite: string): Promise<void> {
    const archive = path.join(process.env["HONNIN_INSTALL_ROOTS"] ?? "/nonexistent", `${suite}.tar`);
    if (existsSync(archive)) {
      await mkdir(this.path);
      await must("tar", ["-C", this.path, "-xf", archive]);
    } else await this.#make(suite);
    await copyFile("/etc/resolv.conf", this.in("/etc/resolv.conf"));
    // A machine whose own name does not resolve is slow to begin a call.
    await writeFile(this.in("/etc/hosts"), `127.0.0.1 localhost ${hostname()}\n`);
    await writeFile(this.in("/etc/apt/apt.conf.d/99mirror"), await acquisition());
    if (existsSync(archive)) await this.apt("update");
  }

  async #make(suite: string): Promise<void> {
    await must("apt-get", ["download", "-q", "mmdebstrap"], this.#dir);
    const archive = (await readdir(this.#dir)).find((name) => name.endsWith(".deb")) ?? "";
    await must("dpkg", ["-x", path.join(this.#dir, archive), this.#dir]);
    const { uri, components, keyring, packages } = await distributionOf(suite);
    const sources = path.join(this.#dir, "own.list");
    const line = (key: string): string => `deb [signed-by=${key}] ${uri} ${suite} ${components}\n`;
    await writeFile(sources, line(keyring));
    const mmdebstrap = path.join(this.#dir, "usr/bin/mmdebstrap");
    const options = ["--mode=root", "--variant=minbase", "--format=directory", "--quiet"];
    const apt = path.join(this.#dir, "apt.conf");
    await writeFile(apt, await acquisition());
    const lists = ["--skip=cleanup/apt/lists", `--aptopt=${apt}`, `--include=${packages}`];
    await must("perl", [mmdebstrap, ...options, ...lists, suite, this.path, sources]);
    // Here the keys may lie somewhere else than there.
    for (const name of await readdir(this.in("/etc/apt/sources.list.d")))
      await rm(this.in(`/etc/apt/sources.list.d/${name}`));
    await writeFile(this.in("/etc/apt/sources.list"), line(`/usr/share/keyrings/${path.basename(keyring)}`));
  }

  /** Where a file of it lies for us. */
  in(file: string): string {
    return path.join(this.path, file);
  }

  read(file: string): Promise<string> {
    return readFile(this.in(file), "utf8");
  }

  async bring(file: string): Promise<string> {
    const place = path.join("/root", path.basename(file));
    await copyFile(file, this.in(place));
    return place;
  }

  /** Runs a program in it to its end. */
  async run(file: string, args: readonly string[] = []): Promise<Ended> {
    return ended(this.start([file, ...args]));
  }

  /** The same, where it must go well; gives what was said. */
  async must(file: string, args: readonly string[] = []): Promise<string> {
    const { code, said } = await this.run(file, args);
    if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${String(code)}:\n${said}`);
    return said;
  }

  apt(...args: string[]): Promise<string> {
    return this.must("apt-get", ["-q", "--yes", "--no-install-recommends", ...args]);
  }

  /**
   * Starts a program in it. Its process is that program itself: signals reach it.
   *
   * @param inside a shell's way into the folder `$0`, in a namespace of mounts, to run `$@` there.
   */
  start(command: readonly string[], inside = INSIDE): ChildProcess {
    return spawn("unshare", ["--mount", "sh", "-c", inside, this.path, ...command], {
      env: INSIDE_ENV,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** What a unit would start, as its user, in its folder and with its environment: no systemd runs in there. */
  async startUnit(name: string): Promise<ChildProcess> {
    const unit = await this.read(`/usr/lib/systemd/system/${name}`);
    const field = (key: string): string => new RegExp(`^${key}=(.*)$`, "m").exec(unit)?.[1] ?? "";
    const script = `umask ${field("UMask")} && cd ${field("WorkingDirectory")} && exec ${field("ExecStart")}`;
    const user = ["setpriv", `--reuid=${field("User")}`, `--regid=${field("Group")}`, "--init-groups"];
    const environment = ["env", "PATH=/usr/bin:/bin:/usr/sbin:/sbin", ...field("Environment").split(" ")];
    return this.start([...user, ...environment, "sh", "-c", script]);
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(path.dirname(this.in(file)), { recursive: true });
    await writeFile(this.in(file), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#dir, { recursive: true, force: true });
  }
}

/** How this machine reaches its mirror: proxies, and what it makes of one that stands still. */
async function acquisition(): Promise<string> {
  const dump = spawn("apt-config", ["dump"], { stdio: ["ignore", "pipe", "pipe"] });
  const { said } = await ended(dump);
  const lines = said.split("\n").filter((line) => /^Acquire::(Check-|https?::)\S* "[^"]+";$/.test(line));
  return `${lines.join("\n")}\nAcquire::Languages "none";\n`;
}

/** Waits until it has ended, and gives what it has said. */
export async function ended(child: ChildProcess): Promise<Ended> {
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-100_000);
    });
  }
  await once(child, "close", { signal: AbortSignal.timeout(DEADLINE_MS) });
  return { code: child.exitCode, said };
}

async function must(file: string, args: readonly string[], cwd?: string): Promise<void> {
  const { code, said } = await ended(
    spawn(file, args, { ...(cwd === undefined ? {} : { cwd }), stdio: ["ignore", "pipe", "pipe"] }),
  );
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${String(code)}:\n${said}`);
}
