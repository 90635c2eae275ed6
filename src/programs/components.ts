import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Command } from "./command.js";
import { ensureDebianRoot, findDebianRoot, type DebianRootRequest } from "./debian-packages.js";
import { commandInRoot, type DebianRoot } from "./private-root.js";
import { upstreamVersion } from "./version-order.js";

/**
 * The programs of others that Honnin fetches: the PBX, telephones for demo and tests, a browser, PHP, Python, PostgreSQL,
 * Prometheus, Kamailio and HAProxy for tests, a decoder of recordings. `asterisk16` is what older distributions have, for
 * the tests of the link to an Asterisk of the user's own.
 */
export type ComponentName =
  | "asterisk"
  | "asterisk16"
  | "baresip"
  | "chromium"
  | "firefox"
  | "sip-tester"
  | "faketime"
  | "ffmpeg"
  | "haproxy"
  | "kamailio"
  | "linphone"
  | "php"
  | "postgresql"
  | "prometheus"
  | "shells"
  | "python"
  | "systemd"
  | "ubuntu-keyring";

type Definition = Pick<DebianRootRequest, "packages" | "suites" | "components" | "minVersion" | "programs">;

/** Why these suites: docs/decisions/0002-bundled-asterisk.md */
const DEFINITIONS: Readonly<Record<ComponentName, Definition>> = {
  asterisk: {
    packages: ["asterisk"],
    suites: ["own", "forky", "sid"],
    components: ["main"],
    // Before it, an ARI user who may only read could write over the socket.
    minVersion: "22.10.1",
    programs: ["usr/sbin/asterisk"],
  },
  asterisk16: {
    packages: ["asterisk"],
    suites: ["bullseye"],
    components: ["main"],
    minVersion: "16.28.0",
    programs: ["usr/sbin/asterisk"],
  },
  baresip: {
    packages: ["baresip-core"],
    suites: ["forky", "trixie"],
    components: ["main"],
    minVersion: "1.1",
    programs: ["usr/bin/baresip"],
  },
  chromium: {
    // Without a screen it needs neither GTK nor the X libraries. The font: pages are looked at in Japanese.
    packages: ["chromium-headless-shell", "fonts-ipaexfont-gothic"],
    suites: ["forky", "trixie"],
    components: ["main"],
    programs: ["usr/lib/chromium/chromium-headless-shell"],
  },
  firefox: {
    packages: ["firefox-esr"],
    suites: ["trixie", "forky"],
    components: ["main"],
    programs: ["usr/lib/firefox-esr/firefox-esr"],
  },
  "sip-tester": {
    packages: ["sip-tester"],
    suites: ["forky"],
    components: ["main"],
    minVersion: "3.8.0",
    programs: ["usr/bin/sipp"],
  },
  // Sets the clock of one process wrong, for the tests.
  faketime: {
    packages: ["faketime"],
    suites: ["bookworm"],
    components: ["main"],
    programs: ["usr/bin/faketime"],
  },
  // A telephone whose SIP and sound are of another make than baresip's, for the tests.
  linphone: {
    packages: ["linphone-cli"],
    suites: ["trixie"],
    components: ["main"],
    minVersion: "5.3",
    programs: ["usr/bin/linphonec"],
  },
  // docs/decisions/0013-managing-prompts.md: forky's is the newest and the smallest to fetch.
  ffmpeg: {
    packages: ["ffmpeg"],
    suites: ["forky", "own"],
    components: ["main"],
    programs: ["usr/bin/ffmpeg"],
  },
  // Runs the example in PHP, for the tests.
  php: {
    packages: ["php8.4-cli", "php8.4-curl"],
    suites: ["trixie"],
    components: ["main"],
    programs: ["usr/bin/php8.4"],
  },
  // Complete commands, and read the manual page, for the tests.
  shells: {
    packages: ["zsh", "fish", "mandoc"],
    suites: ["trixie", "forky"],
    components: ["main"],
    programs: ["usr/bin/zsh", "usr/bin/fish", "usr/bin/mandoc"],
  },
  // The one address before several nodes, for the tests: 5.6 is the oldest that its configuration is for.
  kamailio: {
    packages: ["kamailio", "kamailio-tls-modules"],
    suites: ["bookworm"],
    components: ["main"],
    minVersion: "5.6.0",
    programs: ["usr/sbin/kamailio"],
  },
  // The one address of the API, likewise.
  haproxy: {
    packages: ["haproxy"],
    suites: ["bookworm"],
    components: ["main"],
    programs: ["usr/sbin/haproxy"],
  },
  // A server for the tests of the store.
  postgresql: {
    packages: ["postgresql-15"],
    suites: ["bookworm"],
    components: ["main"],
    minVersion: "15.0",
    programs: ["usr/lib/postgresql/15/bin/initdb", "usr/lib/postgresql/15/bin/postgres"],
  },
  // Its promtool tries the alert rules, for the tests.
  prometheus: {
    packages: ["prometheus"],
    suites: ["bookworm"],
    components: ["main"],
    programs: ["usr/bin/promtool"],
  },
  // Verifies a receipt as a receiver's own would, for the tests.
  python: {
    packages: ["python3", "python3-cryptography"],
    suites: ["trixie"],
    components: ["main"],
    programs: ["usr/bin/python3.13"],
  },
  // Reads our units, for the tests, and tells where no systemd is installed.
  systemd: {
    packages: ["systemd"],
    // Up to Debian 12 they lie in two folders.
    suites: ["trixie", "forky"],
    components: ["main"],
    minVersion: "257",
    programs: ["usr/bin/systemd-analyze", "usr/bin/systemd-notify"],
  },
  // Ubuntu's keys, by which the tests of the package get one to install into.
  "ubuntu-keyring": {
    packages: ["ubuntu-keyring"],
    suites: ["trixie", "forky"],
    components: ["main"],
    programs: [],
  },
};

/** The oldest Asterisk that Honnin drives. */
export const MIN_ASTERISK_VERSION = "22.10.1";

export interface Component {
  /** Upstream's, e.g. `22.10.1`. */
  readonly version: string;
  /** Where its packages are unpacked. */
  readonly root: string;
  /** How to run one of its programs, named by its path in the root: `usr/bin/sipp`. */
  command(program: string): Command;
}

export interface ComponentOptions {
  /** Where the program lies; the note of what was fetched goes to the `.honnin/` of a clone, else into the cache. */
  readonly projectDir: string;
  readonly refresh?: boolean;
  readonly progress: (line: string) => void;
}

/** Fetches a component if it is not there; a few milliseconds if it is. */
export async function ensureComponent(name: ComponentName, options: ComponentOptions): Promise<Component> {
  return asComponent(await ensureDebianRoot(request(name, options)));
}

/** A component that was fetched before, or null. */
export async function findComponent(name: ComponentName, projectDir: string): Promise<Component | null> {
  const root = await findDebianRoot(request(name, { projectDir, progress: () => undefined }));
  return root === null ? null : asComponent(root);
}

function request(
  name: ComponentName,
  { projectDir, refresh, progress }: ComponentOptions,
): DebianRootRequest {
  return {
    name,
    ...DEFINITIONS[name],
    cacheDir: cacheDir(),
    targetDir: notesDir(projectDir),
    refresh: refresh ?? false,
    progress,
  };
}

/** A clone has a `.honnin/`, from its set-up; what a package has installed is not the service's to write to. */
function notesDir(projectDir: string): string {
  const own = join(projectDir, ".honnin");
  return existsSync(own) ? own : join(cacheDir(), "notes");
}

function asComponent(root: DebianRoot): Component {
  return {
    version: upstreamVersion(root.version),
    root: root.path,
    command: (program) => commandInRoot(root.path, program),
  };
}

/** Of this user (XDG Base Directory Specification): a second clone fetches nothing. */
function cacheDir(): string {
  const xdg = process.env["XDG_CACHE_HOME"];
  return join(xdg === undefined || xdg === "" ? join(homedir(), ".cache") : xdg, "honnin");
}
