import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LANGUAGES as MANUALS } from "../../scripts/docs/languages.js";
import { readPage } from "../../scripts/docs/pages.js";
import { Receipts } from "../../src/receipts/receipts.js";
import { readVerification } from "../../src/store/verifications.js";
import { fetched, PROJECT_DIR } from "../phones/programs.js";
import { addEnded } from "../receipts/ended-rows.js";
import { flips, type Forgery, forgeries } from "../receipts/forgeries.js";
import { StoreFixture } from "../support/store-fixture.js";

const NOW = Date.parse("2026-11-27T06:00:00Z");

/** As an integrator wraps it: reads `{jwks, iss, aud, receipts}`, prints for each its status, or null where it is refused. */
const DRIVERS = {
  typescript: `
const { jwks, iss, aud, receipts } = JSON.parse((await import("node:fs")).readFileSync(0, "utf8"));
const all: unknown[] = [];
for (const receipt of receipts)
  all.push(await verifyReceipt(receipt, jwks, iss, aud).then(({ status }) => status, () => null));
console.log(JSON.stringify(all));
`,
  php: `
$given = json_decode(stream_get_contents(STDIN), true);
$all = array_map(function ($receipt) use ($given) {
    try {
        return verify_receipt($receipt, $given['jwks'], $given['iss'], $given['aud'])['status'];
    } catch (Throwable) {
        return null;
    }
}, $given['receipts']);
echo json_encode($all);
`,
  python: `
import sys
def status(given, receipt):
    try:
        return verify_receipt(receipt, given["jwks"], given["iss"], given["aud"])["status"]
    except Exception:
        return None
given = json.load(sys.stdin)
print(json.dumps([status(given, receipt) for receipt in given["receipts"]]))
`,
} as const;
type Language = keyof typeof DRIVERS;
const LANGUAGES = Object.keys(DRIVERS) as Language[];

function snippet(page: string, language: Language): string {
  const [, code] = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "m").exec(page) ?? [];
  if (code === undefined) throw new Error(`the page has no piece of ${language}`);
  return code;
}

interface Given {
  readonly jwks: unknown;
  readonly iss: string;
  readonly aud: string;
  readonly receipts: readonly string[];
}

/** A folder in the clone, where a module finds jose. */
class Workbench {
  readonly #folder = mkdtempSync(path.join(PROJECT_DIR, ".honnin", "snippet-"));

  async run(language: Language, code: string, given: Given): Promise<unknown[]> {
    const { file, args, env } = await this.#program(language, code + DRIVERS[language]);
    const child = spawn(file, args, {
      cwd: this.#folder,
      env: { ...process.env, NODE_OPTIONS: "", ...env },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      err += chunk.toString();
    });
    child.stdin.end(JSON.stringify(given));
    const [status] = (await once(child, "close")) as [number | null];
    expect(status, err).to.equal(0);
    return JSON.parse(out) as unknown[];
  }

  async #program(
    language: Language,
    source: string,
  ): Promise<{ file: string; args: readonly string[]; env: Readonly<Record<string, string>> }> {
    const write = (name: string, text: string): string => {
      const file = path.join(this.#folder, name);
      writeFileSync(file, text);
      return file;
    };
    switch (language) {
      case "typescript":
        return {
          ...{ file: process.execPath, env: {} },
          args: ["--experimental-strip-types", "--no-warnings", write("snippet.mts", source)],
        };
      case "php": {
        const { file, args, env } = (await fetched("php")).command("usr/bin/php8.4");
        return {
          file,
          args: [...args, "-n", "-d", "display_errors=stderr", write("snippet.php", `<?php\n${source}`)],
          env,
        };
      }
      case "python": {
        const python = await fetched("python");
        const { file, args, env } = python.command("usr/bin/python3.13");
        const usr = path.join(python.root, "usr");
        // Nothing of this machine's Python.
        const own = { PYTHONHOME: usr, PYTHONPATH: path.join(usr, "lib/python3/dist-packages") };
        return { file, args: [...args, "-B", write("snippet.py", source)], env: { ...env, ...own } };
      }
    }
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

describe("receipts, verified as the manual shows it", () => {
  let fixture: StoreFixture;
  let bench: Workbench;
  let genuine: string;
  let given: Omit<Given, "receipts">;
  let wrong: Forgery[];

  before(async () => {
    bench = new Workbench();
    fixture = await StoreFixture.open(["cli_a"], NOW);
    const { store } = fixture;
    await addEnded(store, "cli_a", "order-1", NOW);
    const receipts = new Receipts(store, () => NOW);
    const made = await receipts.of((await readVerification(store.read, "cli_a", "order-1"))!);
    genuine = made!.receipt;
    const jwks = await receipts.published();
    given = { jwks, iss: made!.claims.iss, aud: "cli_a" };
    wrong = await forgeries(genuine, jwks.keys[0]!);
  });
  after(async () => {
    bench.remove();
    await fixture.close();
  });

  for (const language of LANGUAGES) {
    const code = snippet(readPage("docs/en/receipts.md"), language);

    it(`is in ${language} the same in every manual`, () => {
      for (const manual of MANUALS) {
        expect(snippet(readPage(`docs/${manual}/receipts.md`), language)).to.equal(code);
      }
    });

    it(`believes in ${language} a genuine one, and none that was changed or forged`, async () => {
      // The text of the last bytes is where decoders are lenient: those bits all.
      const sample =
        language === "typescript" ? flips(genuine) : [...flips(genuine, 13), ...flips(genuine).slice(-96)];
      const all = [...sample, ...wrong];
      const judged = await bench.run(language, code, {
        ...given,
        receipts: [genuine, ...all.map(({ receipt }) => receipt)],
      });
      expect(judged[0]).to.equal("verified");
      expect(judged).to.have.length(all.length + 1);
      const believed = all.filter((_, nth) => judged[nth + 1] !== null).map(({ what }) => what);
      expect(believed).to.deep.equal([]);
    });

    it(`believes in ${language} none of another issuer, for another client, or by a revoked key`, async () => {
      const receipts = [genuine];
      for (const other of [{ iss: "urn:uuid:other" }, { aud: "cli_b" }, { jwks: { keys: [] } }]) {
        expect(await bench.run(language, code, { ...given, ...other, receipts })).to.deep.equal([null]);
      }
    });
  }
});
