import { constants } from "node:fs";
import { access, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { firefox } from "playwright-core";
import { fetched } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";
import type { RunningBrowser } from "./chromium.js";
import { withInterpreter } from "./own-interpreter.js";

const FOLDER = "usr/lib/firefox-esr";
const RELAY = fileURLToPath(new URL("bidi-relay.ts", import.meta.url));

const PREFERENCES = {
  // Whatever it would like to tell or to ask its makers goes nowhere; loopback is reached without a proxy.
  "network.proxy.type": 1,
  "network.proxy.http": "127.0.0.1",
  "network.proxy.http_port": 9,
  "network.proxy.ssl": "127.0.0.1",
  "network.proxy.ssl_port": 9,
  "intl.accept_languages": "ja",
  // A microphone that hums, and no question for it.
  "media.navigator.streams.fake": true,
  "media.navigator.permission.disabled": true,
  // Candidates are addresses and no names that only multicast knows.
  "media.peerconnection.ice.loopback": true,
  "media.peerconnection.ice.obfuscate_host_addresses": false,
  "media.autoplay.default": 0,
};

/** What its sandboxes would have to be told of: its files lie elsewhere, and it sees the test's own pages only. */
const WITHOUT_SANDBOX = Object.fromEntries(
  ["CONTENT", "GMP", "RDD", "SOCKET_PROCESS", "UTILITY"].map((name) => [`MOZ_DISABLE_${name}_SANDBOX`, "1"]),
);

/**
 * The Firefox that was fetched, as Debian has it, without a screen: driven by WebDriver BiDi, which needs no Firefox of
 * the driver's own (`channel` says so). It runs by the root's loader and libraries, and finds its data beside the
 * program that runs: so it gets a folder with its programs as they ask for that loader, and links to all else. Between
 * it and its driver stands `bidi-relay.ts`.
 */
export async function startFirefox(): Promise<RunningBrowser> {
  const component = await fetched("firefox");
  const { file: loader, args } = component.command(`${FOLDER}/firefox-esr`);
  const folder = await tempDir();
  for (const name of await readdir(path.join(component.root, FOLDER))) {
    const from = path.join(component.root, FOLDER, name);
    const changed = (await isProgram(from)) ? withInterpreter(await readFile(from), loader) : null;
    if (changed === null) await symlink(from, path.join(folder.path, name));
    else await writeFile(path.join(folder.path, name), changed, { mode: 0o755 });
  }
  const libraries = args[args.indexOf("--library-path") + 1] ?? "";
  const words = [
    process.execPath,
    "--import",
    "tsx",
    RELAY,
    path.join(folder.path, "firefox-esr"),
    libraries,
  ];
  const start = path.join(folder.path, "start");
  const script = `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`;
  await writeFile(start, script, { mode: 0o755 });
  const browser = await firefox.launch({
    channel: "moz-firefox",
    executablePath: start,
    firefoxUserPrefs: PREFERENCES,
    env: {
      ...process.env,
      ...WITHOUT_SANDBOX,
      HOME: folder.path,
      FONTCONFIG_SYSROOT: component.root,
      TZ: "Asia/Tokyo",
    },
  });
  return {
    browser,
    stop: async () => {
      await browser.close();
      await folder.remove();
    },
  };
}

async function isProgram(file: string): Promise<boolean> {
  if (!(await stat(file)).isFile() || file.endsWith(".so")) return false;
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
