import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, statfs, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { AptWorkspace } from "./apt-workspace.js";
import { architecture } from "./architecture.js";
import { machineSources, mainArchive, type AptSource } from "./debian-mirror.js";
import { DiskSpaceError, NoCandidateError, NoDebianToolsError } from "./fetch-errors.js";
import { withFileLock } from "./file-lock.js";
import { checkProgram, readRoot, writeStamp, type DebianRoot } from "./private-root.js";
import { runProgram } from "./run-program.js";
import { packageOfFile, unpackPackages } from "./unpack-packages.js";
import { isAtLeast } from "./version-order.js";
import { hasErrorCode } from "../error-code.js";

/** What to fetch. */
export interface DebianRootRequest {
  /** Of the root, in file names and messages. */
  readonly name: string;
  /** The first is the main one, whose version counts. */
  readonly packages: readonly string[];
  /**
   * Where to look, in this order, the first with a new enough version winning: `own` stands for this machine's
   * own suites, the rest are suites of the same mirror.
   */
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly minVersion?: string;
  /** Programs that must run, as paths in the root. */
  readonly programs: readonly string[];
  /** Shared by all clones of this user: roots and package lists. */
  readonly cacheDir: string;
  /** Of the project; gets a note of where the root is. */
  readonly targetDir: string;
  /** Ignore what is there and look for a newer version. */
  readonly refresh?: boolean;
  readonly progress: (line: string) => void;
}

/**
 * Sees to it that the packages, with all they depend on, lie unpacked in a folder; needs no root and installs
 * nothing. Reads two small files when they do. Else fetches them over this machine's own Debian mirror, its
 * signatures checked by the machine's own Debian keys, and puts the folder in place whole or not at all. Two
 * processes that ask at once fetch once.
 */
export async function ensureDebianRoot(request: DebianRootRequest): Promise<DebianRoot> {
  if (request.refresh !== true) {
    const known = await findDebianRoot(request);
    if (known !== null) return known;
  }
  await requireTools();
  await mkdir(request.cacheDir, { recursive: true });
  const root = await withFileLock(join(request.cacheDir, "lock"), async () => {
    const cached = request.refresh === true ? null : await newestCached(request);
    return cached ?? fetchRoot(request);
  });
  await noteRoot(request, root);
  return root;
}

/** The root that an earlier call put there, or null; never fetches. */
export async function findDebianRoot(request: DebianRootRequest): Promise<DebianRoot | null> {
  try {
    const note = JSON.parse(await readFile(noteFile(request), "utf8")) as { path: string };
    const root = await readRoot(note.path);
    return root !== null && fits(request, root) && note.path.includes(keyOf(request)) ? root : null;
  } catch {
    return null;
  }
}

async function fetchRoot(request: DebianRootRequest): Promise<DebianRoot> {
  const [main = request.name] = request.packages;
  const { workspace, suite, version } = await findSuite(request, main);
  const path = join(
    rootsDir(request),
    `${request.name}-${version.replace(/[^\w.+~-]/g, "-")}-${keyOf(request)}`,
  );
  // A refresh that finds nothing newer must not pull the root from under an Asterisk that runs.
  const same = await readRoot(path);
  if (same !== null) return same;
  await workspace.emptyArchives();
  const plan = await workspace.plan(request.packages);
  await requireSpace(request.cacheDir, plan.bytes);
  const since = Date.now();
  const megabytes = Math.ceil(plan.bytes / 1e6);
  request.progress(
    `${main} ${version} from Debian ${suite}: ${String(plan.count)} packages, ${String(megabytes)} MB`,
  );
  const files = await workspace.download(request.packages, quarters(request.progress));
  const draft = `${path}.new`;
  await unpackPackages(files, draft);
  for (const program of request.programs) await checkProgram(draft, program);
  const packages = Object.fromEntries(files.map(packageOfFile).map((p) => [p.name, p.version]));
  await writeStamp(draft, { version, packages });
  await rm(path, { recursive: true, force: true });
  await rename(draft, path);
  await workspace.emptyArchives();
  request.progress(`${main} is ready (${String(Math.round((Date.now() - since) / 1000))} s)`);
  return { path, version, packages };
}

/** The first suite whose version of the main package is new enough. */
async function findSuite(
  request: DebianRootRequest,
  main: string,
): Promise<{ workspace: AptWorkspace; suite: string; version: string }> {
  const own = await machineSources();
  const mirror = mainArchive(own);
  const verdicts: string[] = [];
  for (const suite of request.suites) {
    const sources = suite === "own" ? own : suiteSources(mirror, suite, request.components);
    if (suite === "own" && !(await machineHas(main, request.minVersion))) continue;
    const workspace = await AptWorkspace.open(
      join(request.cacheDir, "apt", suite),
      sources,
      architecture().debian,
    );
    const failure = await workspace.update();
    if (failure !== null) {
      verdicts.push(`${suite}: ${failure.replaceAll("\n", "\n    ")}`);
      continue;
    }
    const version = await workspace.candidate(main);
    if (version !== null && isAtLeast(version, request.minVersion ?? "0"))
      return { workspace, suite, version };
    verdicts.push(`${suite}: ${version ?? "has none"}`);
  }
  throw new NoCandidateError(main, request.minVersion ?? null, verdicts);
}

function suiteSources(uri: string, suite: string, components: readonly string[]): AptSource[] {
  return components.map((component) => ({ uri, suite, component }));
}

/** By the lists that are already here, in 0.1 s, so that older suites are not fetched anew to learn the same. */
async function machineHas(packageName: string, minVersion = "0"): Promise<boolean> {
  const { stdout } = await runProgram("apt-cache", ["policy", packageName], { deadlineMs: 60_000 });
  const version = /^ {2}Candidate: (\d\S*)$/m.exec(stdout)?.[1];
  return version !== undefined && isAtLeast(version, minVersion);
}

async function newestCached(request: DebianRootRequest): Promise<DebianRoot | null> {
  const names = await readdir(rootsDir(request)).catch(() => []);
  let newest: DebianRoot | null = null;
  for (const name of names) {
    if (!name.startsWith(`${request.name}-`) || !name.endsWith(keyOf(request))) continue;
    const root = await readRoot(join(rootsDir(request), name));
    if (root === null || !fits(request, root)) continue;
    if (newest === null || isAtLeast(root.version, newest.version)) newest = root;
  }
  return newest;
}

function fits(request: DebianRootRequest, root: DebianRoot): boolean {
  return isAtLeast(root.version, request.minVersion ?? "0");
}

async function noteRoot(request: DebianRootRequest, root: DebianRoot): Promise<void> {
  const file = noteFile(request);
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${String(process.pid)}`;
  await writeFile(draft, `${JSON.stringify({ path: root.path, version: root.version })}\n`);
  await rename(draft, file);
}

async function requireTools(): Promise<void> {
  for (const tool of ["apt-get", "dpkg", "flock"]) {
    try {
      await runProgram(tool, ["--version"], { deadlineMs: 10_000 });
    } catch (error) {
      if (hasErrorCode(error, "ENOENT")) throw new NoDebianToolsError(tool);
      throw error;
    }
  }
}

async function requireSpace(dir: string, downloadBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  // Asterisk: 79 MB of packages unpack to 268 MB, beside which the packages lie until that is done.
  const needed = downloadBytes * 5;
  if (bavail * bsize < needed) {
    throw new DiskSpaceError(dir, Math.ceil(needed / 1e6), Math.floor((bavail * bsize) / 1e6));
  }
}

/** Two asks for the same packages share a root; what suite it came from does not matter. */
function keyOf({ packages, components }: DebianRootRequest): string {
  const asked = JSON.stringify([packages, components, architecture().debian]);
  return createHash("sha256").update(asked).digest("hex").slice(0, 8);
}

const rootsDir = ({ cacheDir }: DebianRootRequest): string => join(cacheDir, "roots");
const noteFile = ({ targetDir, name }: DebianRootRequest): string => join(targetDir, `${name}.json`);

/** Says how far a download is, at each quarter. */
function quarters(progress: (line: string) => void): (percent: number) => void {
  let next = 25;
  return (percent) => {
    if (percent < next || next > 75) return;
    next = (Math.floor(percent / 25) + 1) * 25;
    progress(`  ${String(Math.floor(percent))} % downloaded`);
  };
}
