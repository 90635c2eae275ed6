import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { Kysely, SqliteDialect } from "kysely";
import { Migrator } from "kysely/migration";
import BetterSqlite from "better-sqlite3";
import { keepSound } from "../../src/prompts/sound-files.js";
import { sha256Of } from "../../src/prompts/stored-sound.js";
import { telephoneSound } from "../../src/sound/telephone-sound.js";
import { MIGRATIONS } from "../../src/store/sqlite/migrations.js";
import { Store } from "../../src/store/store.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { promptsIn } from "../phones/ear.js";
import { knownPrompt, type KnownPrompt, PromptIndex, SHIPPED_SOUNDS } from "../phones/prompt-index.js";
import { ulawOf } from "../prompts/library-fixture.js";
import { mp3Of, RATE } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { PostgresServer } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { CallService } from "./call-service.js";

const CODE = "271828";
const ID = "verified";

function known(name: string, sound: Buffer): KnownPrompt {
  const prompt = knownPrompt("", name, sound, "ulaw");
  if (prompt === undefined) throw new Error(`there is no sound of ${name}`);
  return prompt;
}

/** Of these, what a person who keys the code is told at last. */
async function told(calls: CallService, own: KnownPrompt): Promise<readonly string[]> {
  const shipped = known("shipped", await readFile(path.join(SHIPPED_SOUNDS, "ja", `${ID}.ulaw`)));
  const index = new PromptIndex([own, shipped]);
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { code: CODE });
  await calls.happened(id, "listening");
  await phone.press(CODE);
  await phone.hungUpOn();
  return promptsIn(phone.heard.packets, () => index).map((prompt) => prompt.id);
}

describe("a recording that was set on one node", function () {
  this.timeout(300_000);
  let server: PostgresServer;
  let url: string;
  let calls: CallService;
  let other: Awaited<ReturnType<typeof tempDir>>;

  before(async () => {
    await setUp();
    server = await PostgresServer.start();
    url = await server.database("empty");
    calls = await CallService.start({ HONNIN_DATABASE_URL: url, HONNIN_FIRST_KEY_SECONDS: "8" });
    other = await tempDir();
  });
  after(async () => {
    await calls.stop();
    await server.stop();
    await other.remove();
  });

  it("is heard by the next call on another, which never had its file, and again when that is gone", async () => {
    await cp(path.join(calls.dataDir, "keys"), path.join(other.path, "keys"), { recursive: true });
    const recording = path.join(other.path, "new.mp3");
    await writeFile(recording, await mp3Of(speechLike(501, 1.5, RATE)));
    const set = ["prompts", "set", ID, recording];
    const { code, stderr } = await HonninCommand.run(other.path, set, { HONNIN_DATABASE_URL: url });
    expect(code, stderr).to.equal(0);
    const store = await Store.open(calls.dataDir, url);
    const { sound } = await store.read
      .selectFrom("prompt_versions")
      .select("sound")
      .executeTakeFirstOrThrow();
    const own = known("new", await ulawOf(store, sound!));
    await store.close();
    const prompts = path.join(calls.dataDir, "prompts");
    expect(await told(calls, own)).to.deep.equal(["new"]);
    expect(await readdir(prompts)).to.deep.equal([sound]);
    await rm(prompts, { recursive: true });
    expect(await told(calls, own)).to.deep.equal(["new"]);
  });
});

describe("a recording of a version that kept it in files alone", function () {
  this.timeout(300_000);
  let calls: CallService;

  before(async () => {
    calls = await CallService.start({ HONNIN_FIRST_KEY_SECONDS: "8" });
  });
  after(() => calls.stop());

  /** A database as that version made it, with one recording and its files. */
  async function asBefore(dataDir: string): Promise<KnownPrompt> {
    for (const name of await readdir(dataDir))
      if (name.startsWith("honnin.db")) await rm(path.join(dataDir, name));
    const sound = telephoneSound(speechLike(502, 1.5, 16_000), 16_000, "sentence")!;
    const prompts = path.join(dataDir, "prompts");
    await mkdir(prompts, { recursive: true });
    const folder = await keepSound(prompts, ID, sound.pcm);
    const file = (format: string): Promise<Buffer> => readFile(path.join(prompts, folder, `${ID}.${format}`));
    const sqlite = new BetterSqlite(path.join(dataDir, "honnin.db"));
    const db = new Kysely({ dialect: new SqliteDialect({ database: sqlite }) });
    const migrator = new Migrator({
      db,
      provider: { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) },
    });
    await migrator.migrateTo("0021-receipt-keys");
    sqlite
      .prepare(
        `insert into prompt_versions (client_id, locale, prompt_id, version, current, origin, sound, text, duration_ms,
          active_level, peak, ulaw_sha256, alaw_sha256, wav_sha256, created_at, created_by)
          values (null, 'ja', ?, 1, 1, 'recording', ?, '認証できました。', 1640, -19, -6, ?, ?, ?, 0, 'x')`,
      )
      .run(
        ID,
        folder,
        ...(await Promise.all(["ulaw", "alaw", "wav"].map(async (f) => sha256Of(await file(f))))),
      );
    await db.destroy();
    return known("old", await file("ulaw"));
  }

  it("is heard after the upgrade, though its files are gone a moment after the first start", async () => {
    await calls.down();
    const own = await asBefore(calls.dataDir);
    await calls.up();
    expect(calls.logged).to.contain("the sounds of prompts are in the database now");
    await rm(path.join(calls.dataDir, "prompts"), { recursive: true });
    expect(await told(calls, own)).to.deep.equal(["old"]);
  });
});
