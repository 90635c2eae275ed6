import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PROJECT_DIR } from "../phones/programs.js";
import type { Bench } from "./bench.js";

const FOLDER = join(PROJECT_DIR, "test/attacks");
const MOCHA = createRequire(import.meta.url).resolve("mocha/bin/mocha.js");

/** As `figure` in test/attacks/figures.ts notes it. */
interface Figure {
  readonly what: string;
  readonly value: number | string;
}

export const attacks: Bench = {
  name: "attacks",
  title: "Attacks: what each has achieved",
  run: async ({ progress }) => {
    const files = (await readdir(FOLDER)).filter((name) => name.endsWith(".test.ts")).sort();
    const rows: (string | number)[][] = [];
    for (const name of files) {
      const figures = await figuresOf(join(FOLDER, name));
      progress(`  ${name}: ${figures.length} figures`);
      const attack = name.replace(/\.test\.ts$/, "").replaceAll("-", " ");
      rows.push(...figures.map(({ what, value }) => [attack, what, value]));
    }
    return {
      notes: [
        "The attacks of `test/attacks/`, each tried on the service as it is installed, with the defaults that it has. Every one of them is a test as well, which fails when the attack gets through.",
      ],
      tables: [{ title: "Figures", columns: ["attack", "measured", "figure"], rows }],
    };
  },
};

/** Runs one attack, and gives what it noted. @throws when the attack got through: its test has failed. */
async function figuresOf(file: string): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), "honnin-attacks-"));
  try {
    const noted = join(folder, "figures");
    const run = spawn(
      process.execPath,
      ["--import", "tsx", MOCHA, "--no-config", "--timeout", "300000", file],
      {
        cwd: PROJECT_DIR,
        env: { ...process.env, HONNIN_ATTACK_FIGURES: noted },
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    let said = "";
    run.stdout.on("data", (text: Buffer) => (said += text.toString("utf8")));
    const [status] = (await once(run, "close")) as [number | null];
    if (status !== 0) throw new Error(`${file} failed:\n${said}`);
    return (await readFile(noted, "utf8").catch(() => ""))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Figure);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
