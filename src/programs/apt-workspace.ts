import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { debianKeyring, type AptSource } from "./debian-mirror.js";
import { DownloadError } from "./fetch-errors.js";
import { runProgram, type ProgramResult } from "./run-program.js";

/** What is to be downloaded. */
export interface DownloadPlan {
  readonly count: number;
  readonly bytes: number;
}

/** Lists younger than this are taken as they are: one set-up fetches three things from them. */
const FRESH_MS = 15 * 60_000;
const UPDATE_DEADLINE_MS = 180_000;
const DOWNLOAD_DEADLINE_MS = 900_000;

/**
 * apt with folders of its own and an empty list of installed packages: works as an ordinary user, asks for
 * every dependency, and neither reads nor changes what is installed.
 */
export class AptWorkspace {
  readonly #dir: string;
  readonly #config: string;

  private constructor(dir: string) {
    this.#dir = dir;
    this.#config = join(dir, "apt.conf");
  }

  static async open(dir: string, sources: readonly AptSource[], architecture: string): Promise<AptWorkspace> {
    const workspace = new AptWorkspace(dir);
    for (const folder of ["state/lists/partial", "cache/archives/partial"]) {
      await mkdir(join(dir, folder), { recursive: true });
    }
    const keyring = debianKeyring();
    const lines = sources.map((s) => `deb [signed-by=${keyring}] ${s.uri} ${s.suite} ${s.component}\n`);
    await writeFile(join(dir, "status"), "");
    await writeFile(join(dir, "sources.list"), lines.join(""));
    await writeFile(workspace.#config, aptConfiguration(dir, architecture));
    return workspace;
  }

  get archives(): string {
    return join(this.#dir, "cache/archives");
  }

  /** Fetches the package lists, unless they are fresh. Says why on failure, else null. */
  async update(): Promise<string | null> {
    const stamp = join(this.#dir, "updated");
    const age = await stat(stamp).then(
      ({ mtimeMs }) => Date.now() - mtimeMs,
      () => Infinity,
    );
    if (age < FRESH_MS) return null;
    // Without the error mode a list that could not be fetched is a mere warning, and the package seems
    // not to exist.
    const result = await this.#thrice(["update", "-o", "APT::Update::Error-Mode=any"], UPDATE_DEADLINE_MS);
    if (result.code !== 0) return lastLines(result.stderr);
    await writeFile(stamp, "");
    return null;
  }

  /** The version that would be installed, or null. */
  async candidate(packageName: string): Promise<string | null> {
    const { stdout } = await runProgram("apt-cache", ["-c", this.#config, "policy", packageName], {
      deadlineMs: 60_000,
    });
    return readCandidate(stdout);
  }

  async plan(packages: readonly string[]): Promise<DownloadPlan> {
    const result = await this.#apt([...INSTALL, "--print-uris", ...packages], UPDATE_DEADLINE_MS);
    if (result.code !== 0) throw new DownloadError(packages.join(" "), lastLines(result.stderr));
    const sizes = [...result.stdout.matchAll(/^'\S+' \S+ (\d+)/gm)].map((match) => Number(match[1]));
    return { count: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
  }

  /** Downloads the packages with all they depend on; returns the paths of the .deb files. */
  async download(packages: readonly string[], onPercent: (percent: number) => void): Promise<string[]> {
    const result = await this.#thrice(
      [...INSTALL, "--download-only", ...packages],
      DOWNLOAD_DEADLINE_MS,
      (line) => {
        const percent = /^dlstatus:[^:]*:([\d.]+):/.exec(line)?.[1];
        if (percent !== undefined) onPercent(Number(percent));
      },
    );
    if (result.code !== 0) throw new DownloadError(packages.join(" "), lastLines(result.stderr));
    const names = await readdir(this.archives);
    return names.filter((name) => name.endsWith(".deb")).map((name) => join(this.archives, name));
  }

  /** The next download must find no package of an earlier one. */
  async emptyArchives(): Promise<void> {
    await rm(this.archives, { recursive: true, force: true });
    await mkdir(join(this.archives, "partial"), { recursive: true });
  }

  async #apt(
    args: readonly string[],
    deadlineMs: number,
    onStatusLine?: (line: string) => void,
  ): Promise<ProgramResult> {
    if (onStatusLine === undefined)
      return runProgram("apt-get", ["-c", this.#config, ...args], { deadlineMs });
    const withStatus = ["-c", this.#config, "-o", "APT::Status-Fd=3", ...args];
    return runProgram("apt-get", withStatus, { deadlineMs, onStatusLine });
  }

  /** apt itself tries each file three times; this is for a line that is down for some seconds. */
  async #thrice(
    args: readonly string[],
    deadlineMs: number,
    onStatusLine?: (line: string) => void,
  ): Promise<ProgramResult> {
    for (const waitMs of [2_000, 6_000]) {
      const result = await this.#apt(args, deadlineMs, onStatusLine);
      if (result.code === 0) return result;
      await delay(waitMs);
    }
    return this.#apt(args, deadlineMs, onStatusLine);
  }
}

const INSTALL = ["install", "--yes", "--no-install-recommends"];

/** The candidate that `apt-cache policy` names. */
export function readCandidate(policy: string): string | null {
  const version = /^ {2}Candidate: (\S+)$/m.exec(policy)?.[1];
  return version === undefined || version === "(none)" ? null : version;
}

/**
 * Read after the machine's own apt settings, of which proxies and passwords are to stay, while hooks, pinning
 * and further lists are not: a hook may delete archives or need root. Nor is a leave to fetch what nobody has signed.
 */
function aptConfiguration(dir: string, architecture: string): string {
  return `#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Pre-Invoke;
#clear DPkg::Post-Invoke;
#clear DPkg::Pre-Install-Pkgs;
#clear APT::Architectures;
APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Default-Release "";
APT::Sandbox::User "root";
Dir::State "${dir}/state";
Dir::State::status "${dir}/status";
Dir::Cache "${dir}/cache";
Dir::Etc::sourcelist "${dir}/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::AllowDowngradeToInsecureRepositories "false";
Acquire::AllowWeakRepositories "false";
Debug::NoLocking "true";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::PDiffs "false";
Acquire::Retries "2";
Acquire::http::Timeout "30";
Acquire::https::Timeout "30";
Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";
Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
`;
}

function lastLines(text: string): string {
  return text.trim().split("\n").slice(-4).join("\n");
}
