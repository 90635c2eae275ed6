import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { LOCALES } from "../../src/verification/prompt-id.js";
import { renderPrompt } from "../../src/prompts/render-prompt.js";
import { checkText, draftText, dropDraft, readText } from "../../src/prompts/texts.js";
import { keyOf, LibraryFixture, refusal } from "./library-fixture.js";
import { wavOf } from "./recording-files.js";
import { speechLike } from "./speech-like.js";

const NAME = keyOf("company-name", null, "en");

describe("the text of a prompt", () => {
  let fixture: LibraryFixture;
  const pathBefore = process.env["PATH"];

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
  });

  afterEach(async () => {
    process.env["PATH"] = pathBefore;
    await fixture.close();
  });

  /** A synthesiser that notes what it is to say, and says a second of sound. */
  async function withSynthesiser(): Promise<{ said: () => Promise<string> }> {
    const dir = path.join(fixture.dataDir, "bin");
    await mkdir(dir);
    await writeFile(path.join(dir, "spoken.wav"), wavOf(speechLike(1, 1, 16_000), 16_000));
    const script = `#!/bin/sh
for last; do :; done
/bin/cp ${dir}/spoken.wav "$last"
printf '%s\\n' "$@" > ${dir}/said
`;
    await writeFile(path.join(dir, "flite"), script);
    await chmod(path.join(dir, "flite"), 0o755);
    process.env["PATH"] = dir;
    return { said: () => readFile(path.join(dir, "said"), "utf8") };
  }

  it("waits for its sound: what is heard and its text change together", async () => {
    await draftText(fixture.library, NAME, "  This is Acme.  ", "x");
    expect(await readText(fixture.library, NAME)).to.deep.equal({
      text: "This is the verification centre.",
      draft: "This is Acme.",
    });
    const row = await fixture.set(NAME, 1);
    expect(row.text).to.equal("This is Acme.");
    expect(await readText(fixture.library, NAME)).to.deep.equal({ text: "This is Acme.", draft: null });
  });

  it("can be given up while it waits", async () => {
    await draftText(fixture.library, NAME, "This is Acme.", "x");
    await draftText(fixture.library, NAME, "This is Acme Limited.", "x");
    expect((await readText(fixture.library, NAME)).draft).to.equal("This is Acme Limited.");
    await dropDraft(fixture.library, NAME);
    expect((await readText(fixture.library, NAME)).draft).to.equal(null);
  });

  it("is each client's own", async () => {
    const shop = { ...NAME, clientId: "shop" };
    await draftText(fixture.library, shop, "This is the shop.", "x");
    expect((await readText(fixture.library, NAME)).draft).to.equal(null);
    expect((await readText(fixture.library, shop)).draft).to.equal("This is the shop.");
  });

  it("is spoken by the synthesiser, as a new version", async () => {
    const { said } = await withSynthesiser();
    await draftText(fixture.library, NAME, "This is Acme.", "x");
    const row = await renderPrompt(fixture.library, NAME, undefined, "Suzuki");
    expect(row).to.include({
      origin: "speech",
      text: "This is Acme.",
      created_by: "Suzuki",
      source_name: null,
    });
    expect(row.active_level).to.be.within(-19.1, -18.9);
    expect(await said()).to.contain("-t\nThis is Acme.\n");
    expect((await readText(fixture.library, NAME)).draft).to.equal(null);
    const again = await renderPrompt(fixture.library, NAME, "This is Acme again.", "x");
    expect(again).to.include({ version: 2, text: "This is Acme again." });
  });

  for (const [locale, program, packages] of [
    [
      "ja",
      "open_jtalk",
      "apt-get install open-jtalk open-jtalk-mecab-naist-jdic hts-voice-nitech-jp-atr503-m001",
    ],
    ["en", "flite", "apt-get install flite"],
  ] as const) {
    it(`is not spoken where ${program} is missing: it is said how to install it`, async () => {
      process.env["PATH"] = fixture.dataDir;
      const key = keyOf("company-name", null, locale);
      const spoken = renderPrompt(fixture.library, key, "ABC", "x");
      expect((await refusal(spoken, "speech_program_missing")).message).to.contain(packages);
    });
  }

  for (const [locale, id, good, bad] of [
    ["ja", "ask-code", "違うときは０と＃を押してください。", "番号と＃を押してください。"],
    ["ja", "ask-code", "ゼロ、シャープ。または番号を。", "ゼロを押してください。"],
    ["ja", "ask-pin", "暗証番号と#を。", "暗証番号を。"],
    ["ja", "tries-left-2", "残り２回です。", "残り12回です。"],
    ["ja", "withheld", "186を付けてください。", "1860を付けてください。"],
    ["en", "ask-code", "Press ZERO and hash, or your code.", "Press hash after your code."],
    ["en", "tries-left-1", "One more try.", "Phone once more."],
    ["en", "spoken-repeat-offer", "Press 1 to repeat.", "Press a key to repeat."],
  ] as const) {
    it(`of ${id} (${locale}) may be "${good}" and not "${bad}"`, async () => {
      const key = keyOf(id, null, locale);
      await draftText(fixture.library, key, good, "x");
      await refusal(draftText(fixture.library, key, bad, "x"), "text_lacks_piece");
      expect((await readText(fixture.library, key)).draft).to.equal(good);
    });
  }

  it("holds, as shipped, all that is required of it", () => {
    for (const locale of LOCALES) {
      for (const prompt of fixture.library.catalogues[locale].prompts) {
        if (prompt.kind === "silence") continue;
        expect(checkText(prompt, prompt.text)).to.equal(prompt.text);
      }
    }
  });

  it("is refused when it is empty, too long, or holds what nobody can say", async () => {
    for (const text of ["", "   ", "a".repeat(501), "two\nlines", "\u0007"]) {
      await refusal(draftText(fixture.library, NAME, text, "x"), "text_invalid");
    }
    await refusal(draftText(fixture.library, keyOf("pause-group"), "x", "x"), "prompt_is_silence");
    await refusal(draftText(fixture.library, keyOf("nothing"), "x", "x"), "unknown_prompt");
  });
});
