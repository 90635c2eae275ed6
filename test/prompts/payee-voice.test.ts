import { existsSync, readdirSync } from "node:fs";
import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { LocalSounds } from "../../src/prompts/local-sounds.js";
import { PayeeVoice } from "../../src/prompts/payee-voice.js";
import { setRecording } from "../../src/prompts/recordings.js";
import { heardPrompt, listHeard } from "../../src/prompts/resolve.js";
import { soundOfText } from "../../src/prompts/sound-maker.js";
import { SpokenPayees } from "../../src/prompts/spoken-payees.js";
import { DAY_MS } from "../../src/verification/durations.js";
import { keyOf, LibraryFixture, refusal } from "./library-fixture.js";
import { ffmpeg, wavOf } from "./recording-files.js";
import { speechLike } from "./speech-like.js";

const ASKED = { clientId: "shop", locale: "en", payee: "Acme Stores" } as const;

describe("the sound of a payee", () => {
  let fixture: LibraryFixture;
  let voice: PayeeVoice;
  const pathBefore = process.env["PATH"];

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
    const { library } = fixture;
    voice = new PayeeVoice(library, { spoken: soundOfText }, new LocalSounds(library.store, library.dir));
    // No speech program.
    process.env["PATH"] = "/nowhere";
  });

  afterEach(async () => {
    process.env["PATH"] = pathBefore;
    await fixture.close();
  });

  const record = async (clientId: string | null, id: string, text: string, seed: number): Promise<void> => {
    process.env["PATH"] = pathBefore;
    const bytes = wavOf(speechLike(seed, 1, 16_000), 16_000);
    await setRecording(
      fixture.library,
      ffmpeg,
      keyOf(id, clientId, "en"),
      { name: "p.wav", bytes, text },
      "tester",
    );
    process.env["PATH"] = "/nowhere";
  };

  /** A synthesiser that notes each time what it is to say, and says a second of sound. */
  async function withSynthesiser(): Promise<() => Promise<string>> {
    const dir = path.join(fixture.dataDir, "bin");
    await mkdir(dir);
    await writeFile(path.join(dir, "spoken.wav"), wavOf(speechLike(1, 1, 16_000), 16_000));
    const script = `#!/bin/sh\nfor last; do :; done\n/bin/cp ${dir}/spoken.wav "$last"\nprintf '%s\\n' "$6" >> ${dir}/said\n`;
    await writeFile(path.join(dir, "flite"), script);
    await chmod(path.join(dir, "flite"), 0o755);
    process.env["PATH"] = dir;
    return () => readFile(path.join(dir, "said"), "utf8");
  }

  it("is none where it was not recorded and nobody speaks", async () => {
    expect(await voice.find(ASKED)).to.equal(null);
  });

  it("is the client's recording, else that of the default set, by its text", async () => {
    await record(null, "payee-acme", "Acme Stores", 1);
    const common = await voice.find(ASKED);
    expect(existsSync(`${common ?? ""}.ulaw`)).to.equal(true);
    await record("shop", "payee-a", "Acme Stores", 2);
    expect(await voice.find(ASKED))
      .to.not.equal(common)
      .and.to.not.equal(null);
    expect(await voice.find({ ...ASKED, clientId: "bank" })).to.equal(common);
    expect(await voice.find({ ...ASKED, payee: "Acme Store" })).to.equal(null);
    expect(await voice.find({ ...ASKED, locale: "ja" })).to.equal(null);
  });

  it("is listed among the prompts once it is recorded, and has a text of its own", async () => {
    const { library } = fixture;
    expect((await heardPrompt(library, keyOf("payee-acme", null, "en"))).text).to.equal(null);
    await record(null, "payee-acme", "Acme Stores", 1);
    const listed = (await listHeard(library, null, "en")).filter(({ id }) => id === "payee-acme");
    expect(listed.map(({ text, source }) => [text, source])).to.deep.equal([["Acme Stores", "default"]]);
    process.env["PATH"] = pathBefore;
    const bytes = wavOf(speechLike(3, 1, 16_000), 16_000);
    const recording = { name: "p.wav", bytes };
    await refusal(setRecording(library, ffmpeg, keyOf("payee-other"), recording, "tester"), "text_invalid");
    await refusal(setRecording(library, ffmpeg, keyOf("payee-Other"), recording, "tester"), "unknown_prompt");
  });

  it("is spoken once, kept, and found again without the program", async () => {
    const said = await withSynthesiser();
    const [first, second] = await Promise.all([voice.find(ASKED), voice.find(ASKED)]);
    expect(first).to.be.a("string").and.to.equal(second);
    expect(existsSync(`${first ?? ""}.alaw`)).to.equal(true);
    expect(first, "no name on the disk").to.not.match(/acme/i);
    expect((await said()).trim()).to.equal("Acme Stores");
    process.env["PATH"] = "/nowhere";
    expect(await voice.find(ASKED)).to.equal(first);
  });

  it("leaves places to other clients", async () => {
    await withSynthesiser();
    const ofShop = ["a", "b", "c"].map((payee) =>
      voice.find({ ...ASKED, payee }).then(
        (sound) => typeof sound,
        (error: unknown) => (error as { code: string }).code,
      ),
    );
    expect(await voice.find({ ...ASKED, clientId: "bank" })).to.be.a("string");
    expect(await Promise.all(ofShop)).to.have.members(["string", "string", "sounds_waiting"]);
    expect(await voice.find({ ...ASKED, payee: "c" })).to.be.a("string");
  });

  it("is spoken anew when it is gone from the disk", async () => {
    await withSynthesiser();
    const first = await voice.find(ASKED);
    await rm(path.dirname(first ?? ""), { recursive: true });
    expect(await voice.find(ASKED)).to.equal(first);
    expect(existsSync(`${first ?? ""}.ulaw`)).to.equal(true);
  });

  it("is none in English for a name that English does not read", async () => {
    await withSynthesiser();
    expect(await voice.find({ ...ASKED, payee: "アクメ商店" })).to.equal(null);
    expect(await voice.find({ ...ASKED, payee: "---" })).to.equal(null);
  });

  it("goes from the disk when there are more than 500 or so, the oldest first", async () => {
    const kept = new SpokenPayees(fixture.library.dir);
    const sound = new Int16Array(80).fill(1000);
    const now = Date.now();
    for (let nth = 0; nth <= 600; nth += 1) await kept.keep(`p${String(nth)}`, sound, now + nth * 1000);
    const left = readdirSync(path.join(fixture.library.dir, "payees"));
    expect(left.length).to.be.at.most(550);
    expect(left).to.include("p600").and.not.to.include("p0");
  });

  it("goes from the disk a day after it was asked for last", async () => {
    const kept = new SpokenPayees(fixture.library.dir);
    const now = Date.now();
    const sound = new Int16Array(8000).fill(1000);
    await kept.keep("old", sound, now);
    await kept.keep("used", sound, now);
    await kept.find("used", now + DAY_MS);
    await kept.keep("new", sound, now + DAY_MS + 1000);
    expect(readdirSync(path.join(fixture.library.dir, "payees")).sort()).to.deep.equal(["new", "used"]);
  });
});
