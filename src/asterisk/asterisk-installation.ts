import { existsSync } from "node:fs";
import { join } from "node:path";
import { architecture } from "./architecture.js";
import type { AsteriskInstallation } from "./command.js";
import { ensureComponent, MIN_ASTERISK_VERSION, type ComponentOptions } from "./components.js";
import { runProgram } from "./run-program.js";
import { isAtLeast, upstreamVersion } from "./version-order.js";

const MACHINE_PROGRAM = "/usr/sbin/asterisk";

/** The Asterisk to run: the machine's own if it is new enough, else one of ours, fetched if need be. */
export async function ensureAsterisk(options: ComponentOptions): Promise<AsteriskInstallation> {
  const own = await machineAsterisk();
  if (own !== null) return own;
  const component = await ensureComponent("asterisk", options);
  const { triplet } = architecture();
  return {
    version: component.version,
    command: component.command("usr/sbin/asterisk"),
    moduleDir: join(component.root, "usr/lib", triplet, "asterisk/modules"),
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
