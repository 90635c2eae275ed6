import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { cacheDir } from "../cache-dir.mjs";
import { bringPackage, broughtNode } from "../runtime.mjs";
import { copyright } from "./copyright.mjs";
import { output, PROJECT, run, say } from "./steps.mjs";
import { systemdUnits } from "./systemd-units.mjs";
import { copy, put } from "./tree.mjs";

/** Where the program lies: what the sources call the project's folder. */
const HOME = "usr/lib/honnin";
const DOC = "usr/share/doc/honnin";

/**
 * Lays the package's files out.
 *
 * @param {string} root an empty place
 * @param {{ processor: "x64" | "arm64", version: string }} target as Node calls it
 */
export async function layOut(root, { processor, version }) {
  // Before the bundle: of which version the manual page is, is read where the program will lie.
  program(root, version);
  say("bundling");
  const dist = path.join(root, HOME, "dist");
  for (const script of ["build.mjs", "build-web.mjs"]) {
    run(process.execPath, [path.join(PROJECT, "scripts", script), dist]);
  }
  asPacked(root, dist);
  const node = await broughtNode(processor, (nodeVersion) => say(`bringing Node.js ${nodeVersion} (52 MB)`));
  put(root, `${HOME}/bin/node`, readFileSync(path.join(node, "bin", "node")), 0o755);
  await modules(root, processor);
  system(root);
  documentation(root, node, version);
}

/** Modes as in the rest of the tree; without the maps, which nothing reads at run time. */
function asPacked(root, dist) {
  const files = readdirSync(dist, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const file = path.join(parentPath, name);
    const contents = readFileSync(file);
    if (!name.endsWith(".map")) put(root, path.relative(root, file), contents);
  }
  run("find", [dist, "-name", "*.map", "-delete"]);
}

function program(root, version) {
  const { name, license, type } = JSON.parse(readFileSync(path.join(PROJECT, "package.json"), "utf8"));
  put(root, `${HOME}/package.json`, `${JSON.stringify({ name, version, license, type }, null, 2)}\n`);
  for (const script of ["honnin", "on-node"]) {
    put(root, `${HOME}/scripts/${script}`, readFileSync(path.join(PROJECT, "scripts", script)), 0o755);
  }
  const rest = [
    ...["scripts/honnin.mjs", "scripts/cache-dir.mjs", "scripts/fetch-asterisk.mjs", "scripts/health.mjs"],
    ...["asterisk-config", "sounds", "web/start", "web/docs"],
    ...["examples/password-reset/front", "docs/ja/catalogue.yaml"],
  ];
  for (const part of rest) copy(path.join(PROJECT, part), root, `${HOME}/${part}`);
}

/** What is not in the bundle (`LEFT_OUT` of scripts/build.mjs), of it what runs; `ari-client` is an option. */
async function modules(root, processor) {
  const from = (name) => path.join(PROJECT, "node_modules", name);
  const to = (name) => `${HOME}/node_modules/${name}`;
  const binary = `prebuilds/linux-${processor}.node`;
  const isRun = (name) =>
    /^(package\.json|LICENSE|NOTICE)$/.test(name) || name.startsWith("lib/") || name === binary;
  copy(from("better-sqlite3"), root, to("better-sqlite3"), isRun);
  const page = new Set(["package.json", "LICENSE", "NOTICE", "swagger-ui.css", "swagger-ui-bundle.js"]);
  copy(from("swagger-ui-dist"), root, to("swagger-ui-dist"), (name) => page.has(name));
  copy(from("@node-rs/argon2"), root, to("@node-rs/argon2"), (name) =>
    /^(package\.json|LICENSE|\w+\.js)$/.test(name),
  );
  const argon2 = `@node-rs/argon2-linux-${processor}-gnu`;
  copy(await packageFolder(argon2), root, to(argon2));
}

/** That of another processor than this machine's is not installed here. */
async function packageFolder(name) {
  const installed = path.join(PROJECT, "node_modules", name);
  if (existsSync(installed)) return installed;
  const lock = JSON.parse(readFileSync(path.join(PROJECT, "package-lock.json"), "utf8"));
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  const place = path.join(cacheDir(), "packages", `${name.replace("/", "-")}-${version}`);
  if (!existsSync(place)) {
    say(`bringing ${name}`);
    await bringPackage(place, { name, version, integrity });
  }
  return place;
}

function system(root) {
  const debian = (name) => readFileSync(path.join(PROJECT, "deploy", "debian", name));
  put(root, "usr/bin/honnin", debian("honnin"), 0o755);
  put(root, "etc/honnin/honnin.yaml", debian("honnin.yaml"), 0o640);
  for (const [name, text] of Object.entries(systemdUnits(debian("honnin.service").toString()))) {
    put(root, `usr/lib/systemd/system/${name}`, text);
  }
  put(root, "usr/share/lintian/overrides/honnin", debian("lintian-overrides"));
}

function documentation(root, node, version) {
  for (const part of ["en", "ja", "voice.md"]) {
    copy(path.join(PROJECT, "docs", part), root, `${DOC}/${part}`, (name) => name !== "catalogue.yaml");
  }
  for (const name of ["README.md", "README.ja.md"]) copy(path.join(PROJECT, name), root, `${DOC}/${name}`);
  const examples = (name) => !name.includes("node_modules");
  copy(path.join(PROJECT, "examples"), root, `${DOC}/examples`, examples);
  put(root, `${DOC}/changelog.gz`, gzip(readFileSync(path.join(PROJECT, "CHANGELOG.md"))));
  put(root, `${DOC}/copyright`, copyright({ node, version }));
  manPages(root);
  completion(root);
}

/** Where each shell looks for what completes a command. */
const COMPLETION = {
  bash: "usr/share/bash-completion/completions/honnin",
  zsh: "usr/share/zsh/vendor-completions/_honnin",
  fish: "usr/share/fish/vendor_completions.d/honnin.fish",
};

function completion(root) {
  for (const [shell, place] of Object.entries(COMPLETION)) {
    put(
      root,
      place,
      output(process.execPath, [path.join(PROJECT, "scripts/honnin.mjs"), "completion", shell]),
    );
  }
}

/** Made by another step of the build, where there is one. */
function manPages(root) {
  const built = path.join(PROJECT, "dist", "man");
  if (!existsSync(built)) return;
  for (const name of readdirSync(built, { recursive: true })) {
    const [, language = "", file, section] =
      /^(?:([a-z]{2})\/)?(?:man\d\/)?([\w@.-]+\.(\d))$/.exec(name) ?? [];
    if (file === undefined) continue;
    const folder = path.posix.join("usr/share/man", language, `man${section}`);
    put(root, `${folder}/${file}.gz`, gzip(readFileSync(path.join(built, name))));
  }
}

/** Without the time of day in it. */
function gzip(text) {
  return gzipSync(text, { level: 9 });
}
