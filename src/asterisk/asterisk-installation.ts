import { existsSync } from "node:fs";
import { join } from "node:path";
import { architecture } from "../programs/architecture.js";
import type { Command } from "../programs/command.js";
import {
  type Component,
  ensureComponent,
  findComponent,
  MIN_ASTERISK_VERSION,
  type ComponentOptions,
} from "../programs/components.js";
import { BrokenRootError } from "../programs/fetch-errors.js";
import { runProgram } from "../programs/run-program.js";
import { isAtLeast, upstreamVersion } from "../programs/version-order.js";

/** An Asterisk on this machine, ready to be run. */
export interface AsteriskInstallation {
  /** Upstream's, e.g. `22.10.1`. */
  readonly version: string;
  readonly command: Command;
  readonly moduleDir: string;
  /** Asterisk's own static files. */
  readonly assetDir: string;
}

const MACHINE_PROGRAM = "/usr/sbin/asterisk";

/** The Asterisk to run: the machine's own if it is new enough, else one of ours, fetched if need be. */
export async function ensureAsterisk(options: ComponentOptions): Promise<AsteriskInstallation> {
  const own = await machineAsterisk();
  if (own !== null) return own;
  return installationIn(await ensureComponent("asterisk", options));
}

/** The same, where nothing is to be fetched: null where there is none. */
export async function findAsterisk(projectDir: string): Promise<AsteriskInstallation | null> {
  const own = await machineAsterisk();
  if (own !== null) return own;
  const component = await findComponent("asterisk", projectDir);
  return component === null ? null : installationIn(component);
}

/** The Asterisk that a component brought. */
export function installationIn(component: Component): AsteriskInstallation {
  // Debian 11 has its modules outside the triplet.
  const places = [`usr/lib/${architecture().triplet}`, "usr/lib"];
  const moduleDirs = places.map((place) => join(component.root, place, "asterisk/modules"));
  const moduleDir = moduleDirs.find((path) => existsSync(join(path, "res_ari.so")));
  if (moduleDir === undefined) throw new BrokenRootError("usr/sbin/asterisk", "it came without res_ari.so");
  return {
    version: component.version,
    command: component.command("usr/sbin/asterisk"),
    moduleDir,
    assetDir: join(component.root, "usr/share/asterisk"),
  };
}

async function machineAsterisk(): Promise<AsteriskInstallation | null> {
  if (!existsSync(MACHINE_PROGRAM)) return null;
  const { stdout } = await runProgram(MACHINE_PROGRAM, ["-V"], { deadlineMs: 10_000 });
  const version = upstreamVersion(stdout.replace(/^Asterisk /, ""));
  const moduleDir = [`/usr/lib/${architecture().triplet}/asterisk/modules`, "/usr/lib/asterisk/modules"].find(
    (path) => existsSync(join(path, "res_ari.so")),
  );
  const assetDir = ["/usr/share/asterisk", "/var/lib/asterisk"].find((path) =>
    existsSync(join(path, "documentation")),
  );
  if (!isAtLeast(version, MIN_ASTERISK_VERSION) || moduleDir === undefined || assetDir === undefined)
    return null;
  return { version, command: { file: MACHINE_PROGRAM, args: [], env: {} }, moduleDir, assetDir };
}
