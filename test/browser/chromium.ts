import { copyFile, readdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { chromium, type Browser } from "playwright-core";
import { fetched } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";

const FOLDER = "usr/lib/chromium";

export interface RunningBrowser {
  readonly browser: Browser;
  stop(): Promise<void>;
}

/**
 * The Chromium that was fetched, without a screen. It looks for its data beside the program that runs,
 * and that is the root's loader, since it runs by the root's own libraries: so it gets a folder in which
 * a copy of the loader lies among its files. `--no-zygote`: the zygote would start the bare loader.
 *
 * @param more arguments of Chromium's.
 */
export async function startChromium(more: readonly string[] = []): Promise<RunningBrowser> {
  const component = await fetched("chromium");
  const { root } = component;
  const { file, args } = component.command(`${FOLDER}/chromium-headless-shell`);
  const folder = await tempDir();
  const at = (name: string): string => path.join(folder.path, name);
  for (const name of await readdir(path.join(root, FOLDER))) {
    await symlink(path.join(root, FOLDER, name), at(name));
  }
  await copyFile(file, at("loader"));
  const words = [at("loader"), ...args, `--browser-subprocess-path=${at("start")}`];
  const script = `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`;
  await writeFile(at("start"), script, { mode: 0o755 });
  const browser = await chromium.launch({
    executablePath: at("start"),
    args: ["--no-zygote", "--disable-gpu", ...more],
    // Its pages come from this test's own server; root, as which some test machines run, has no sandbox.
    chromiumSandbox: false,
    // Without a locale it does not find files whose names are not of ASCII.
    env: { ...process.env, LANG: "C.UTF-8", FONTCONFIG_SYSROOT: root },
  });
  return {
    browser,
    stop: async () => {
      await browser.close();
      await folder.remove();
    },
  };
}
