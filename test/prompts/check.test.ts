import { cp, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { checkPrompts } from "../../src/prompts/check-prompts.js";
import { toPcm16 } from "../../src/sound/formats.js";
import { previewSequence } from "../../src/prompts/preview-sequence.js";
import { readWave } from "../../src/sound/wave.js";
import { tempDir } from "../support/temp-dir.js";
import { keyOf, LibraryFixture, refusal, SHIPPED } from "./library-fixture.js";

describe("the check of all prompts", () => {
  let fixture: LibraryFixture;
  let sounds: Awaited<ReturnType<typeof tempDir>>;

  beforeEach(async () => {
    sounds = await tempDir();
    await cp(SHIPPED, sounds.path, { recursive: true });
    fixture = await LibraryFixture.open(sounds.path);
  });

  afterEach(async () => {
    await fixture.close();
    await sounds.remove();
  });

  /** `set locale/id version: fault` of each. */
  async function faults(): Promise<string[]> {
    return (await checkPrompts(fixture.library)).flatMap(({ set, locale, id, version, faults: found }) => {
      const whose = set === "shipped" ? set : (set.clientId ?? "default");
      return found.map(({ says }) => `${whose} ${locale}/${id} ${version ?? ""}: ${says}`);
    });
  }

  it("finds every id in both languages in order, and versions too", async () => {
    await fixture.set(keyOf("company-name", "shop"), 1);
    await fixture.set(keyOf("digit-3"), 2);
    expect(await faults()).to.deep.equal([]);
    const checked = await checkPrompts(fixture.library);
    expect(checked).to.have.length(2 * fixture.library.catalogues.ja.prompts.length + 2);
    expect(checked.at(-1)).to.include({ id: "digit-3", version: 1 });
  });

  it("names a shipped sound that is missing or altered", async () => {
    await rm(path.join(sounds.path, "ja/greeting.alaw"));
    await writeFile(path.join(sounds.path, "en/digit-1.ulaw"), "other");
    await rm(path.join(sounds.path, "en/digit-2.wav"));
    expect(await faults()).to.deep.equal([
      "shipped ja/greeting : greeting.alaw is missing",
      "shipped en/digit-1 : digit-1.ulaw was altered",
      "shipped en/digit-2 : digit-2.wav is missing",
    ]);
  });

  it("names a version that is missing or altered, be it current or not", async () => {
    const first = await fixture.set(keyOf("company-name", "shop"), 1);
    const second = await fixture.set(keyOf("company-name", "shop"), 2);
    await fixture.damage(first, "missing");
    await fixture.damage(second, "altered");
    expect(await faults()).to.deep.equal([
      "shop ja/company-name 1: its sound is missing",
      "shop ja/company-name 2: its sound was altered",
    ]);
  });

  it("tells of what is heard whether its level and length are right", async () => {
    const { version, sound } = await fixture.set(keyOf("company-name"), 1);
    await fixture.library.store.write((db) =>
      db.updateTable("prompt_versions").set({ active_level: -9, duration_ms: 160 }).execute(),
    );
    expect(await faults()).to.deep.equal([
      "default ja/company-name 1: Without the silence around it there are 20 ms left; 200 are the least.",
      "default ja/company-name 1: its level is -9.0 dBov, not -19",
    ]);
    expect([version, sound?.length]).to.deep.equal([1, 64]);
  });

  it("does not mind what a command that was killed has left behind", async () => {
    await fixture.set(keyOf("company-name"), 1);
    await writeFile(path.join(fixture.library.dir, ".in-x"), "x");
    expect(await faults()).to.deep.equal([]);
  });
});

describe("a preview", () => {
  let fixture: LibraryFixture;

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
  });

  afterEach(() => fixture.close());

  it("joins what the next call plays, in its order", async () => {
    await fixture.set(keyOf("company-name", "shop"), 1);
    const ids = ["silence-start", "company-name", "greeting"];
    const { rate, pcm } = readWave(await previewSequence(fixture.library, "shop", "ja", ids));
    expect(rate).to.equal(8000);
    const name = toPcm16(await fixture.heard(keyOf("company-name", "shop")));
    const greeting = toPcm16(await fixture.heard(keyOf("greeting", "shop")));
    expect(pcm).to.have.length(4000 + name.length + greeting.length);
    expect(pcm.subarray(0, 4000).every((sample) => sample === 0)).to.be.true;
    expect(pcm.subarray(4000, 4000 + name.length)).to.deep.equal(name);
    expect(pcm.subarray(4000 + name.length)).to.deep.equal(greeting);
  });

  it("is refused of what there is not", async () => {
    await refusal(previewSequence(fixture.library, null, "ja", ["greeting", "x"]), "unknown_prompt");
    await refusal(previewSequence(fixture.library, null, "ja", ["../greeting"]), "path_in_name");
    const row = await fixture.set(keyOf("greeting"), 1);
    await fixture.damage(row, "missing");
    await refusal(previewSequence(fixture.library, null, "ja", ["greeting"]), "sound_missing");
  });
});
