import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { PROJECT } from "./steps.mjs";

/** Of packages that are for development alone, what is built into the pages all the same. */
const IN_PAGES = [
  "@preact/signals",
  "@simplewebauthn/browser",
  "jssip",
  "preact",
  "qrcode-generator",
  "uplot",
];

/**
 * Whose work is in the package: Honnin's own licence, that of the voices, and every notice of what is bundled or carried
 * along, word for word, as most of those licences want it.
 *
 * @param {{ node: string, version: string }} parts the folder of the Node that comes along
 */
export function copyright({ node, version }) {
  const own = readFileSync(path.join(PROJECT, "LICENSE"), "utf8");
  const voices = readFileSync(path.join(PROJECT, "sounds", "ATTRIBUTION.md"), "utf8");
  const sections = [
    [`Honnin ${version}`, own],
    ["The prompts (/usr/lib/honnin/sounds)", voices],
    ...packages(),
    ["Node.js (/usr/lib/honnin/bin/node)", readFileSync(path.join(node, "LICENSE"), "utf8")],
  ];
  return sections.map(([title, text]) => `${"=".repeat(79)}\n${title}\n\n${text.trim()}\n\n`).join("");
}

/** Name and version, and the notice, of all that a service or a page is made of. */
function packages() {
  const { packages: locked } = JSON.parse(readFileSync(path.join(PROJECT, "package-lock.json"), "utf8"));
  const used = new Set(IN_PAGES.flatMap((name) => closure(locked, `node_modules/${name}`)));
  const isUsed = ([place, { dev, devOptional, peer }]) =>
    place !== "" && (used.has(place) || !(dev || devOptional || peer));
  return Object.entries(locked)
    .filter(isUsed)
    .filter(([place]) => existsSync(path.join(PROJECT, place)))
    .map(([place, { version, license }]) => [
      `${place.slice(place.lastIndexOf("node_modules/") + "node_modules/".length)} ${version} (${license ?? "see below"})`,
      notice(path.join(PROJECT, place)) ??
        `It states its licence as ${license} and has no notice of its own.`,
    ]);
}

/** A package with all that it needs. */
function closure(locked, place, found = []) {
  if (locked[place] === undefined || found.includes(place)) return found;
  found.push(place);
  for (const name of Object.keys(locked[place].dependencies ?? {})) {
    const inside = `${place}/node_modules/${name}`;
    closure(locked, locked[inside] === undefined ? `node_modules/${name}` : inside, found);
  }
  return found;
}

function notice(folder) {
  const names = readdirSync(folder).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  const texts = names.sort().map((name) => path.join(folder, name));
  return texts.length === 0 ? null : texts.map((file) => readFileSync(file, "utf8").trim()).join("\n\n");
}
