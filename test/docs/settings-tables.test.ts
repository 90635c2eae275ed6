import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { PROJECT_DIR } from "../../src/project-dir.js";
import { SETTINGS } from "../../src/settings.js";
import { CLIENT_SETTINGS } from "../../src/clients/client-settings.js";

const NUMBERS = /\d+(?:\.\d+)?/g;
/** Limits are numbers; what else a setting takes the manuals say in words of their own. */
const RANGE = /^[\d.]+ to [\d.]+$/;

/** Cells by the name in the first one. */
function rowsOf(manual: string): ReadonlyMap<string, readonly string[]> {
  const lines = readFileSync(path.join(PROJECT_DIR, manual), "utf8").split("\n");
  const rows = lines.filter((line) => line.startsWith("| `")).map((line) => line.slice(2, -2).split(" | "));
  return new Map(rows.map((cells) => [(cells[0] ?? "").trim(), cells.map((cell) => cell.trim())]));
}

for (const manual of ["docs/en", "docs/ja"]) {
  describe(`the tables of settings in ${manual}`, () => {
    const rows = rowsOf(`${manual}/settings.md`);
    const clientRows = rowsOf(`${manual}/clients.md`);

    for (const { env, schema, expected } of Object.values(SETTINGS)) {
      it(`have ${env}, with its default and its range`, () => {
        const [, , byDefault, accepted] = rows.get(`\`${env}\``) ?? [];
        expect(accepted, "a row").to.be.a("string");
        if (!RANGE.test(expected)) return;
        expect(accepted?.match(NUMBERS)).to.deep.equal(expected.match(NUMBERS));
        const usual = schema.safeParse(undefined).data;
        if (usual !== undefined) expect(byDefault).to.equal(`\`${String(usual)}\``);
      });
    }

    for (const [key, { expected }] of Object.entries(CLIENT_SETTINGS)) {
      it(`have a client's ${key}, with its range`, () => {
        const [, , , accepted] = clientRows.get(`\`${key}\``) ?? [];
        expect(accepted, "a row").to.be.a("string");
        if (RANGE.test(expected)) expect(accepted?.match(NUMBERS)).to.deep.equal(expected.match(NUMBERS));
      });
    }
  });
}
