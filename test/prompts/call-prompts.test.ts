import { mkdir, readdir, rm, utimes } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { callPrompts, type PromptFile } from "../../src/prompts/call-prompts.js";
import { LocalSounds } from "../../src/prompts/local-sounds.js";
import { openCatalogue } from "../../src/prompts/catalogue.js";
import { rollBack } from "../../src/prompts/roll-back.js";
import { keepSound } from "../../src/prompts/sound-files.js";
import type { Locale } from "../../src/verification/prompt-id.js";
import { capturedLog } from "../support/quiet-log.js";
import { keyOf, LibraryFixture, SHIPPED } from "./library-fixture.js";

describe("the prompts of a call", () => {
  let fixture: LibraryFixture;
  let logged: () => string;
  let prompts: (clientId: string | null, locale: Locale) => Promise<PromptFile>;
  let missing: number;

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
    const { log, text } = capturedLog();
    logged = text;
    missing = 0;
    const { store, dir } = fixture.library;
    const read = callPrompts(store, new LocalSounds(store, dir), openCatalogue(SHIPPED), () => {
      missing += 1;
    });
    prompts = (clientId, locale) => read(clientId, locale, () => log);
  });

  afterEach(() => fixture.close());

  const shipped = (id: string, locale = "ja"): string => path.join(SHIPPED, locale, id);
  const versionOf = (sound: string | null, id: string): string => path.join(fixture.library.dir, sound!, id);

  it("are the client's own, else the default set's, else the shipped ones, by language", async () => {
    const ofShop = await fixture.set(keyOf("company-name", "shop"), 1);
    const ofAll = await fixture.set(keyOf("company-name"), 2);
    const shop = await prompts("shop", "ja");
    expect(shop("company-name")).to.equal(versionOf(ofShop.sound, "company-name"));
    expect(shop("greeting")).to.equal(shipped("greeting"));
    expect((await prompts("bank", "ja"))("company-name")).to.equal(versionOf(ofAll.sound, "company-name"));
    expect((await prompts(null, "ja"))("company-name")).to.equal(versionOf(ofAll.sound, "company-name"));
    expect((await prompts("shop", "en"))("company-name")).to.equal(shipped("company-name", "en"));
  });

  it("are those with which it began, whatever is changed meanwhile; the next call has the new ones", async () => {
    const first = await fixture.set(keyOf("verified", "shop"), 1);
    const inProgress = await prompts("shop", "ja");
    const second = await fixture.set(keyOf("verified", "shop"), 2);
    expect(inProgress("verified")).to.equal(versionOf(first.sound, "verified"));
    expect((await prompts("shop", "ja"))("verified")).to.equal(versionOf(second.sound, "verified"));
    await rollBack(fixture.library, keyOf("verified", "shop"), 0, "x");
    expect((await prompts("shop", "ja"))("verified")).to.equal(shipped("verified"));
  });

  it("fall back to another voice, not to silence, where a sound is gone, and say so in the log", async () => {
    const ofAll = await fixture.set(keyOf("verified"), 2);
    await prompts(null, "ja");
    const ofShop = await fixture.set(keyOf("verified", "shop"), 1);
    await fixture.damage(ofShop, "missing");
    const file = await prompts("shop", "ja");
    expect(file("verified")).to.equal(versionOf(ofAll.sound, "verified"));
    expect(logged()).to.contain("a prompt's sound is missing").and.to.contain(ofShop.sound);
    expect(logged()).to.contain("it is missing in the database");
    expect(missing, "counted for the metrics").to.equal(1);
    await rm(versionOf(ofAll.sound, ""), { recursive: true });
    expect(file("verified")).to.equal(shipped("verified"));
  });

  it("are told of where their files are gone, but what spells a code is not named, and told of once a call", async () => {
    const digits = ["digit-2", "digit-7"] as const;
    const kept = [];
    for (const id of [...digits, "verified"]) kept.push(await fixture.set(keyOf(id, "shop"), 1));
    for (const row of kept) await fixture.damage(row, "missing");
    const told = (): unknown[] =>
      logged()
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { prompt?: string }).prompt);
    const file = await prompts("shop", "ja");
    for (const id of [...digits, ...digits]) expect(file(id)).to.equal(shipped(id));
    expect(file("verified")).to.equal(shipped("verified"));
    expect(told()).to.deep.equal(["a digit or letter", "verified"]);
    for (const secret of [...digits, ...kept.slice(0, 2).map(({ sound }) => sound!)])
      expect(logged()).not.to.contain(secret);
    (await prompts("shop", "ja"))("digit-7");
    expect(told()).to.deep.equal(["a digit or letter", "verified", "a digit or letter"]);
  });

  it("are the shipped ones where the database cannot be read", async () => {
    const store = Object.create(fixture.library.store, {
      read: {
        get: () => {
          throw new Error("disk I/O error");
        },
      },
    }) as typeof fixture.library.store;
    const { log, text } = capturedLog();
    const { dir } = fixture.library;
    const broken = callPrompts(store, new LocalSounds(store, dir), openCatalogue(SHIPPED));
    expect((await broken("shop", "ja", () => log))("verified")).to.equal(shipped("verified"));
    expect(text()).to.contain("disk I/O error");
  });

  it("lose no file to the tidying of what killed commands have left half done", async () => {
    const { dir } = fixture.library;
    const { sound } = await fixture.set(keyOf("verified"), 1);
    await prompts(null, "ja");
    const unnamed = await keepSound(dir, "verified", new Int16Array(8000));
    for (const name of [".new-old", ".new-young", ".in-old"]) await mkdir(path.join(dir, name));
    const longAgo = new Date(Date.now() - 2 * 3_600_000);
    for (const name of [sound ?? "", unnamed, ".new-old", ".in-old"]) {
      await utimes(path.join(dir, name), longAgo, longAgo);
    }
    await fixture.set(keyOf("greeting"), 2);
    expect(await readdir(dir)).to.have.members([sound, unnamed, ".new-young"]);
  });
});
