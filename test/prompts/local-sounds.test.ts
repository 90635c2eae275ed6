import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { addVersions } from "../../src/prompts/add-versions.js";
import { LocalSounds } from "../../src/prompts/local-sounds.js";
import { takeInSounds } from "../../src/prompts/take-in-sounds.js";
import {
  keepPromptSound,
  listNamedSounds,
  listSoundsInUse,
  prunePromptSounds,
} from "../../src/store/prompt-sounds.js";
import { listPromptVersions, type PromptVersionRow } from "../../src/store/prompts.js";
import { keepSound } from "../../src/prompts/sound-files.js";
import { readWave } from "../../src/sound/wave.js";
import { keyOf, LibraryFixture, ulawOf } from "./library-fixture.js";

const KEY = keyOf("verified", "shop");

describe("the sounds of prompts on a node", () => {
  let fixture: LibraryFixture;
  /** The database is asked for sounds: times. */
  let asked: number;
  let nodeDir: string;

  beforeEach(async () => {
    fixture = await LibraryFixture.open();
    nodeDir = path.join(fixture.dataDir, "another node");
    asked = 0;
  });
  afterEach(() => fixture.close());

  /** Of a node with a folder of its own, which has just started. */
  const node = (read?: () => never): LocalSounds => {
    const { store } = fixture.library;
    const counting = Object.create(store, {
      read: {
        get: () => {
          asked += 1;
          return read === undefined ? store.read : read();
        },
      },
    }) as typeof store;
    // Files are looked at each time.
    return new LocalSounds(counting, nodeDir, 0);
  };
  const own = (row: PromptVersionRow): { sound: string; id: string } => ({
    sound: row.sound ?? "",
    id: row.prompt_id,
  });
  const heardIn = (file: string): Promise<Buffer> => readFile(`${file}.ulaw`);

  it("are brought from the database when they are wanted first, and asked for no more", async () => {
    const row = await fixture.set(KEY, 1);
    const sounds = node();
    const file = await sounds.bring(own(row));
    expect(await heardIn(file)).to.deep.equal(await ulawOf(fixture.library.store, row.sound!));
    expect(await readdir(nodeDir)).to.deep.equal([row.sound]);
    expect(asked).to.equal(1);
    expect([...(await sounds.bringAll([own(row), own(row)]))]).to.deep.equal([]);
    expect(asked, "what lies here").to.equal(1);
    await node().bring(own(row));
    expect(asked, "after a restart").to.equal(1);
  });

  it("are looked at again only after a while, and then by their inodes alone", async () => {
    const row = await fixture.set(KEY, 1);
    const sounds = new LocalSounds(fixture.library.store, nodeDir, 3_600_000);
    const file = `${await sounds.bring(own(row))}.ulaw`;
    await rm(file);
    await sounds.bring(own(row));
    expect(existsSync(file)).to.equal(false);
  });

  it("are brought once for all who want them at the same time", async () => {
    const row = await fixture.set(KEY, 1);
    const sounds = node();
    await Promise.all([sounds.bring(own(row)), sounds.bring(own(row)), sounds.bringAll([own(row)])]);
    expect(asked).to.equal(1);
  });

  for (const format of ["ulaw", "alaw", "wav"]) {
    it(`are whole again after ${format} was lost, cut short, altered, or altered while nobody looked`, async () => {
      const row = await fixture.set(KEY, 1);
      let sounds = node();
      const whole = `${await sounds.bring(own(row))}.${format}`;
      const before = await readFile(whole);
      const damages = [
        () => rm(whole),
        () => writeFile(whole, before.subarray(0, 100)),
        () => writeFile(whole, Buffer.alloc(before.length, 1)),
        async () => {
          await writeFile(whole, Buffer.alloc(before.length, 1));
          sounds = node();
        },
      ];
      for (const damage of damages) {
        await damage();
        await sounds.bring(own(row));
        expect(await readFile(whole)).to.deep.equal(before);
      }
      expect(asked).to.equal(5);
    });
  }

  it("are not there where the database is away or has lost them, and it is said why", async () => {
    const row = await fixture.set(KEY, 1);
    const away = node(() => {
      throw new Error("no database");
    });
    const why = [...(await away.bringAll([own(row)])).values()];
    expect(why.map(String)).to.deep.equal(["Error: no database"]);
    await fixture.damage(row, "altered");
    const code = await node()
      .bring(own(row))
      .catch((error: unknown) => error);
    expect(code).to.include({ code: "sound_unavailable", message: "it is altered in the database" });
    expect(existsSync(nodeDir)).to.equal(false);
  });

  it("do not keep a call waiting for a database that does not answer, and come for the next", async () => {
    const row = await fixture.set(KEY, 1);
    const { store } = fixture.library;
    let answer: () => void = () => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const slow = store.read.withPlugin({
      transformQuery: ({ node: query }) => query,
      transformResult: ({ result }) => answered.then(() => result),
    });
    const sounds = new LocalSounds(Object.create(store, { read: { value: slow } }) as typeof store, nodeDir);
    const [why] = (await sounds.bringAll([own(row)])).values();
    expect(why).to.include({ code: "sound_unavailable" });
    answer();
    expect(existsSync(`${await sounds.bring(own(row))}.ulaw`)).to.equal(true);
  });

  it("are tidied and brought at a start: what no version names goes, what calls may play comes", async () => {
    const older = await fixture.set(KEY, 1);
    const current = await fixture.set(KEY, 2);
    const sounds = node();
    await sounds.bring(own(older));
    // Of a version that is no more; and of what is not ours.
    for (const name of ["0".repeat(64), "theirs"]) await mkdir(path.join(nodeDir, name));
    await sounds.tidyAndBring(() => false);
    expect(await readdir(nodeDir)).to.have.members([older.sound, current.sound, "theirs"]);
    expect(existsSync(path.join(nodeDir, current.sound!, "verified.ulaw"))).to.equal(true);
  });

  describe("of a version before they were in the database", () => {
    /** As such a version left it: a folder of a name of its own, and no sound in the database. */
    async function asBefore(row: PromptVersionRow): Promise<string> {
      const { store, dir } = fixture.library;
      const wav = await store.read
        .selectFrom("prompt_sounds")
        .select("wav")
        .where("sha256", "=", row.sound!)
        .executeTakeFirstOrThrow();
      const folder = await keepSound(dir, row.prompt_id, readWave(wav.wav).pcm);
      await store.write(async (db) => {
        await db.deleteFrom("prompt_sounds").where("sha256", "=", row.sound!).execute();
        await db
          .updateTable("prompt_versions")
          .set({ sound: folder })
          .where("sound", "=", row.sound)
          .execute();
      });
      return folder;
    }

    it("are taken in once, and heard on a node that never had the files", async () => {
      const { library } = fixture;
      const row = await fixture.set(KEY, 1);
      const heard = await ulawOf(library.store, row.sound!);
      const folder = await asBefore(row);
      expect(await takeInSounds(library)).to.deep.equal({ taken: 1, lost: [] });
      const [version] = await listPromptVersions(library.store.read, KEY);
      expect(version?.sound).to.equal(row.sound);
      expect(await heardIn(await node().bring(own(row)))).to.deep.equal(heard);
      expect(await takeInSounds(library)).to.deep.equal({ taken: 0, lost: [] });
      expect(
        (await stat(path.join(library.dir, folder))).isDirectory(),
        "for the program of before",
      ).to.equal(true);
    });

    it("are named where the file is lost or altered, and taken in when it is there again", async () => {
      const { library } = fixture;
      const folder = await asBefore(await fixture.set(KEY, 1));
      await asBefore(await fixture.set(keyOf("greeting"), 2));
      const file = path.join(library.dir, folder, "verified.wav");
      const whole = await readFile(file);
      await writeFile(file, "other");
      expect(await takeInSounds(library)).to.deep.equal({ taken: 1, lost: ["ja/verified"] });
      await rm(file);
      expect(await takeInSounds(library)).to.deep.equal({ taken: 0, lost: ["ja/verified"] });
      const elsewhere = await node()
        .bring({ sound: folder, id: "verified" })
        .catch(() => "none");
      expect(elsewhere, "of another node").to.equal("none");
      await writeFile(file, whole);
      expect(await takeInSounds(library)).to.deep.equal({ taken: 1, lost: [] });
    });
  });

  it("are all named or none where they are many, and what a refused change has kept is pruned", async () => {
    const { library } = fixture;
    const many = ["0", "1", "2", "3", "4", "5", "6", "7", "8"].map((digit, nth) => ({
      key: keyOf(`digit-${digit}`),
      origin: "import" as const,
      sound: { pcm: new Int16Array(800).fill(nth), loudness: { activeLevel: -19, rms: -20, peak: -6 } },
      text: digit,
      sourceName: null,
    }));
    const refusing = (): Promise<never> => Promise.reject(new Error("refused"));
    const error = await addVersions(library, many, "x", refusing).catch((caught: unknown) => String(caught));
    expect(error).to.equal("Error: refused");
    expect(await listNamedSounds(library.store.read)).to.deep.equal([]);
    const prune = (): Promise<number> => library.store.write((db) => prunePromptSounds(db, 100));
    expect(await prune()).to.equal(9);
    expect(await addVersions(library, many, "x")).to.have.length(9);
    expect(await prune()).to.equal(0);
    for (const { sound, prompt_id: id } of await listSoundsInUse(library.store.read)) {
      expect(existsSync(`${await node().bring({ sound, id })}.ulaw`)).to.equal(true);
    }
  });

  it("go from the database when no version names them, a few at a time", async () => {
    const row = await fixture.set(KEY, 1);
    const { store } = fixture.library;
    const wavs = [1, 2, 3].map((nth) => Buffer.alloc(100, nth));
    const hashes = wavs.map((wav) => createHash("sha256").update(wav).digest("hex"));
    await store.write(async (db) => {
      for (const [nth, wav] of wavs.entries()) await keepPromptSound(db, hashes[nth]!, wav);
    });
    const prune = (): Promise<number> => store.write((db) => prunePromptSounds(db, 2));
    expect([await prune(), await prune(), await prune()]).to.deep.equal([2, 1, 0]);
    const left = await store.read.selectFrom("prompt_sounds").select("sha256").execute();
    expect(left).to.deep.equal([{ sha256: row.sound }]);
  });
});
