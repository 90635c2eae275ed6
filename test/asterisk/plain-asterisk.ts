import { randomBytes } from "node:crypto";
import { appendFile, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { AsteriskProcess } from "../../src/asterisk/asterisk-process.js";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { installationIn } from "../../src/asterisk/asterisk-installation.js";
import { ensureComponent } from "../../src/programs/components.js";
import { freeUdpPort } from "../phones/ports.js";
import { tempDir } from "../support/temp-dir.js";
import { PROJECT_DIR } from "./configuration-values.js";

/** A machine under full load loads two hundred modules in minutes. */
const READY_MS = 300_000;
const INCLUDES = ["ari", "extensions", "http", "pjsip", "rtp"];
const STATE = ["db", "key", "agi", "spool", "run", "log", "cache"];

/** An Asterisk as Debian configures it, every module loaded, with nothing but the include files for Honnin. */
export interface PlainAsterisk extends AsyncDisposable {
  readonly ari: { readonly port: number; readonly username: string; readonly password: string };
  readonly sipPort: number;
  readonly lines: readonly string[];
}

/** @param trunkPort where the carrier listens, on loopback. */
export async function plainAsterisk(trunkPort: number): Promise<PlainAsterisk> {
  const component = await ensureComponent("asterisk", { projectDir: PROJECT_DIR, progress: () => undefined });
  const { command, moduleDir, assetDir } = installationIn(component);
  const dir = await tempDir();
  const etc = path.join(dir.path, "etc");
  const ari = {
    port: await freeTcpPort(),
    username: "honnin",
    password: randomBytes(16).toString("hex"),
  };
  const sipPort = await freeUdpPort();
  await cp(path.join(component.root, "etc/asterisk"), etc, { recursive: true });
  await cp(path.join(PROJECT_DIR, "asterisk-config/include"), path.join(etc, "honnin"), { recursive: true });
  for (const name of INCLUDES)
    await appendFile(path.join(etc, `${name}.conf`), `\n#include honnin/${name}.conf\n`);
  await writeFile(
    path.join(etc, "honnin/ari-user.conf"),
    `[honnin]\ntype = user\npassword = ${ari.password}\n`,
  );
  // What an administrator edits.
  await edit(path.join(etc, "honnin/http.conf"), [["8088", String(ari.port)]]);
  await edit(path.join(etc, "honnin/pjsip.conf"), [
    ["127.0.0.1:5060", `127.0.0.1:${sipPort}`],
    ["sip:sbc.example.co.jp", `sip:127.0.0.1:${trunkPort}`],
    ["match = sbc.example.co.jp", "match = 127.0.0.1"],
  ]);
  // Not installed, but unpacked: its places are others.
  const places = STATE.map((name) => `ast${name}dir => ${path.join(dir.path, name)}\n`);
  for (const name of STATE) await mkdir(path.join(dir.path, name));
  const directories = [
    `[directories]\nastetcdir => ${etc}\nastmoddir => ${moduleDir}\n`,
    `astvarlibdir => ${assetDir}\nastdatadir => ${assetDir}\n`,
    ...places,
  ];
  await writeFile(path.join(etc, "asterisk.conf"), directories.join(""));
  const lines: string[] = [];
  const child = await AsteriskProcess.start(command, path.join(etc, "asterisk.conf"), dir.path, (line) => {
    lines.push(line);
  });
  const ready = await child.untilReady(ari, READY_MS, new AbortController().signal);
  const dispose = async (): Promise<void> => {
    await child.end();
    await dir.remove();
  };
  if (ready !== "ready") {
    await dispose();
    throw new Error(`the plain Asterisk is ${ready}:\n${lines.slice(-50).join("\n")}`);
  }
  return { ari, sipPort, lines, [Symbol.asyncDispose]: dispose };
}

async function edit(file: string, changes: readonly (readonly [string, string])[]): Promise<void> {
  let text = await readFile(file, "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
    text = text.replaceAll(from, to);
  }
  await writeFile(file, text);
}
