import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT_DIR } from "../phones/programs.js";
import { ended } from "./debian-root.js";

/** Makes the package as `npm run package` does, unless HONNIN_INSTALL_PACKAGE names one; gives its path. */
export async function makePackage(): Promise<string> {
  const made = process.env["HONNIN_INSTALL_PACKAGE"];
  if (made !== undefined) return made;
  const { stdout } = await succeed(process.execPath, [path.join(PROJECT_DIR, "scripts/package/main.mjs")]);
  return path.join(PROJECT_DIR, stdout.trim());
}

/** The same package with another version, as if it had been made earlier. */
export async function withVersion(file: string, version: string): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), "honnin-repacked-"));
  try {
    const tree = path.join(dir, "tree");
    await succeed("dpkg-deb", ["--raw-extract", file, tree]);
    for (const [name, pattern, replaced] of [
      ["DEBIAN/control", /^Version: .*$/m, `Version: ${version}`],
      ["usr/lib/honnin/package.json", /"version": "[^"]*"/, `"version": "${version}"`],
    ] as const) {
      const text = await readFile(path.join(tree, name), "utf8");
      await writeFile(path.join(tree, name), text.replace(pattern, replaced));
    }
    const target = path.join(tmpdir(), `honnin_${version}_${String(process.pid)}.deb`);
    await succeed("dpkg-deb", ["--root-owner-group", "-Znone", "--build", tree, target]);
    return target;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function succeed(file: string, args: readonly string[]): Promise<{ stdout: string }> {
  const child = spawn(file, args, { cwd: PROJECT_DIR, stdio: ["ignore", "pipe", "pipe"] });
  let stdout = "";
  child.stdout.on("data", (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  const { code, said } = await ended(child);
  if (code !== 0) throw new Error(`${file} ${args.join(" ")} ended with ${String(code)}:\n${said}`);
  return { stdout };
}
