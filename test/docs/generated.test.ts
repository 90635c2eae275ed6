import path from "node:path";
import { expect } from "chai";
import { Command } from "commander";
import { Catalogue } from "../../scripts/docs/catalogue.js";
import { brought } from "../../scripts/docs/generated.js";
import { LANGUAGES, type Language } from "../../scripts/docs/languages.js";
import { readPage } from "../../scripts/docs/pages.js";
import { addCommands } from "../../src/cli/commands.js";
import { PROJECT_DIR } from "../../src/project-dir.js";
import { readCatalogue } from "../../src/prompts/prompts-yaml.js";
import { PROBLEMS } from "../../src/http/problem-codes.js";

/** What a person hears on a call with a code to key, in the words of the page on concepts. */
const QUOTED = [
  ...[
    "company-name",
    "greeting",
    "ask-code",
    "verified",
    "goodbye",
    "wrong-code",
    "tries-left-2",
    "ask-code-again",
  ],
  ...["failed", "no-input", "fraud-reported"],
];

function bring(file: string, page: string, language: Language): Promise<string> {
  return brought(file, page, Catalogue.read(language)?.say ?? ((english) => english), language);
}

for (const language of LANGUAGES) {
  describe(`what is made from the code in docs/${language}`, () => {
    for (const name of ["api", "clients", "commands", "doctor", "prompts", "settings"]) {
      const file = `docs/${language}/${name}.md`;

      it(`is on ${name}.md what the code says`, async () => {
        expect(await bring(file, readPage(file), language)).to.equal(readPage(file));
      });
    }

    it("is put back where somebody has changed a cell, and all around is left alone", async () => {
      const file = `docs/${language}/settings.md`;
      const page = readPage(file);
      const changed = page.replace("`8443`", "`8444`");
      expect(changed).not.to.equal(page);
      expect(await bring(file, changed, language)).to.equal(page);
    });

    it("is what the page on concepts quotes of the guidance", () => {
      const { prompts } = readCatalogue(path.join(PROJECT_DIR, "sounds"), language);
      const said = new Map(
        prompts.map((prompt) => [prompt.id, prompt.kind === "silence" ? "" : prompt.text]),
      );
      for (const id of QUOTED) expect(readPage(`docs/${language}/concepts.md`)).to.contain(said.get(id));
    });

    it("has every error code with its status", () => {
      const rows = readPage(`docs/${language}/api.md`).split("\n");
      for (const [code, [status]] of Object.entries(PROBLEMS)) {
        expect(
          rows.filter((row) => new RegExp(`^\\| ${status} +\\| \`${code}\``).test(row)),
          code,
        ).to.have.lengthOf(1);
      }
    });

    it("has every command", async () => {
      const program = new Command("honnin");
      await addCommands(program);
      const page = readPage(`docs/${language}/commands.md`);
      for (const command of program.commands) {
        const leaves = command.commands.map((leaf) => `${command.name()} ${leaf.name()}`);
        for (const name of leaves.length > 0 ? leaves : [command.name()]) {
          expect(page).to.match(new RegExp(`^\\| \`${name}[ \`]`, "m"));
        }
      }
    });
  });
}
