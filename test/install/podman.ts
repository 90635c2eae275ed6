import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { copyFile, cp, mkdir } from "node:fs/promises";
import path from "node:path";
import { PROJECT_DIR } from "../phones/programs.js";
import { DebianRoot, ended, type Ended } from "./debian-root.js";

/** What the images are made of: no registry is asked. */
export const BASE = "localhost/debian:13-slim";
/** Where the clone is: the package and deploy/. */
const CLONE = "/root/honnin";
/**
 * The folder becomes the root of the namespace: from a mere chroot whoever enters a container would find himself in the
 * root of this machine. Of control groups there is one kind.
 */
const CONTAINED =
  'mount --bind "$0" "$0" && mount --rbind /proc "$0/proc" && mount --rbind /dev "$0/dev" && ' +
  'mount -t sysfs -o ro none "$0/sys" && mount -t cgroup2 none "$0/sys/fs/cgroup" && ' +
  'cd "$0" && pivot_root . mnt && umount -l /mnt && exec "$@"';
/** Copies of whole trees instead of layers need nothing of the kernel. */
const STORAGE = `[storage]
driver = "vfs"
runroot = "/run/containers/storage"
graphroot = "/var/lib/containers/storage"
`;

/**
 * A Debian with podman, podman-compose and docker-compose, in which containers are built and run as documented; on the
 * network of this machine, without a daemon, systemd or control groups of their own. Wants root.
 */
export class Podman implements AsyncDisposable {
  readonly root: DebianRoot;

  private constructor(root: DebianRoot) {
    this.root = root;
  }

  /** @param file the Debian package of which the image is made. */
  static async make(file: string): Promise<Podman> {
    const root = await DebianRoot.make("trixie");
    const podman = new Podman(root);
    try {
      const archive = "/root/base.tar";
      const fresh = ["--one-file-system", `--exclude=.${archive}`, "-C", "/", "-cf", archive, "."];
      await root.must("tar", fresh);
      await root.apt("install", "podman", "crun", "podman-compose", "docker-compose");
      await podman.#configure();
      await mkdir(root.in(`${CLONE}/dist`), { recursive: true });
      await copyFile(file, root.in(path.join(CLONE, "dist", path.basename(file))));
      await cp(path.join(PROJECT_DIR, "deploy"), root.in(`${CLONE}/deploy`), { recursive: true });
      await podman.must("podman", "import", archive, BASE);
      return podman;
    } catch (error) {
      await podman[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Runs a program beside the containers to its end; in `deploy/`, unless another folder of the clone is named. */
  async run(command: readonly string[], folder = "deploy"): Promise<Ended> {
    return ended(this.start(command, folder));
  }

  /** The same, where it must go well; gives what was said. */
  async must(...command: readonly string[]): Promise<string> {
    const { code, said } = await this.run(command);
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${String(code)}:\n${said}`);
    return said;
  }

  /** Builds an image, as `podman build` in the clone does. */
  async build(containerfile: string, tag: string, args: readonly string[] = []): Promise<void> {
    const build = [
      "podman",
      "build",
      "--format=docker",
      "--isolation=chroot",
      "--network=host",
      "--pull=never",
      "--layers=false",
    ];
    const command = [...build, ...args, "-f", containerfile, "-t", tag, "."];
    const { code, said } = await this.run(command, ".");
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${String(code)}:\n${said}`);
  }

  start(command: readonly string[], folder = "deploy"): ChildProcess {
    const environment = ["HOME=/root", "PODMAN_IGNORE_CGROUPSV1_WARNING=1"];
    return this.root.start(["env", "-C", path.join(CLONE, folder), ...environment, ...command], CONTAINED);
  }

  /** Writes a file into the clone. */
  write(file: string, text: string): Promise<void> {
    return this.root.write(path.join(CLONE, file), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run(["podman", "rm", "--all", "--force", "--time=0"], ".").catch(() => undefined);
    await this.root[Symbol.asyncDispose]();
  }

  /** No limit is raised: who runs this may not be allowed to. */
  async #configure(): Promise<void> {
    const { said } = await ended(
      spawn("bash", ["-c", "ulimit -Hn; ulimit -Hu"], { stdio: ["ignore", "pipe", "pipe"] }),
    );
    const [files = "", processes = ""] = said.replaceAll("unlimited", "-1").split("\n");
    const limits = `["nofile=${files}:${files}", "nproc=${processes}:${processes}"]`;
    await this.root.write("/etc/containers/storage.conf", STORAGE);
    await this.root.write(
      "/etc/containers/containers.conf",
      `[containers]\ncgroups = "disabled"\ndefault_ulimits = ${limits}\n` +
        '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n',
    );
  }
}
