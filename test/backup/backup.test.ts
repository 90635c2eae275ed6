import { expect } from "chai";
import { existsSync } from "node:fs";
import { chmod, copyFile, cp, mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { generateIdentity, identityToRecipient } from "age-encryption";
import BetterSqlite from "better-sqlite3";
import { packTar, type TarSource } from "modern-tar/fs";
import { BackupError } from "../../src/backup/backup-error.js";
import type { Encryption, Opening } from "../../src/backup/encryption.js";
import { type MadeBackup, makeBackup } from "../../src/backup/make-backup.js";
import { refuseNonEmpty, restoreBackup, type Restored } from "../../src/backup/restore-backup.js";
import { kindOf } from "../../src/backup/unpack.js";
import { writeWhole } from "../../src/backup/whole-file.js";
import { packTar as bareTar } from "../../src/prompts/tar.js";
import { findPromptSound, keepPromptSound } from "../../src/store/prompt-sounds.js";
import { insertPromptVersion } from "../../src/store/prompts.js";
import { databasePlace } from "../../src/store/dialects.js";
import { Store } from "../../src/store/store.js";
import { findVerification, insertVerification } from "../../src/store/verifications.js";
import { StoreFixture } from "../support/store-fixture.js";
import { tempDir } from "../support/temp-dir.js";
import { NUMBER, verificationRow } from "../support/verification-rows.js";

const NOW = 1_800_000_000_000;
// The least work, and no more: scrypt is not what is tested.
const PASSPHRASE = { passphrase: "correct horse battery", workFactor: 10 };
const SOUND = "0b0e7a8e-0000-4000-8000-000000000001";

describe("a backup", () => {
  let fixture: StoreFixture;
  let away: Awaited<ReturnType<typeof tempDir>>;
  const file = (name = "backup"): string => path.join(away.path, name);
  const into = (): string => path.join(away.path, "data");

  before(async () => {
    fixture = await StoreFixture.open(["a"], NOW);
    const { store, dir } = fixture;
    await store.write(async (db) => {
      await insertVerification(db, verificationRow(store, "a", "one", NOW));
      await insertPromptVersion(db, {
        ...{ client_id: null, locale: "ja", prompt_id: "greeting", origin: "recording", restores: null },
        ...{
          sound: SOUND,
          text: "もしもし",
          source_name: "a.wav",
          duration_ms: 1,
          active_level: -20,
          peak: -3,
        },
        ...{ ulaw_sha256: "", alaw_sha256: "", wav_sha256: "", created_at: NOW, created_by: "me" },
      });
      await keepPromptSound(db, "f".repeat(64), Buffer.alloc(50_000, 7));
    });
    const sound = path.join(dir, "prompts", SOUND);
    await mkdir(sound, { recursive: true });
    await writeFile(path.join(sound, "greeting.ulaw"), Buffer.alloc(70_000, 0x55));
    await writeFile(path.join(sound, "greeting.wav"), "");
    await mkdir(path.join(dir, "prompts", ".new-half"), { recursive: true });
    await writeFile(path.join(dir, "honnin.yaml"), "trunk_password: secret\n");
  });
  after(() => fixture.close());

  beforeEach(async () => {
    away = await tempDir();
    await mkdir(into());
  });
  afterEach(() => away.remove());

  const make = (
    options: { withKeys?: boolean; encryption?: Encryption; to?: string } = {},
  ): Promise<MadeBackup> =>
    makeBackup({
      dataDir: fixture.dir,
      promptsDir: path.join(fixture.dir, "prompts"),
      place: databasePlace(fixture.dir, undefined),
      file: options.to ?? file(),
      withKeys: options.withKeys ?? false,
      encryption: options.encryption ?? null,
      now: NOW,
    });
  const restore = async (opening: Opening | null = null, from = file()): Promise<Restored> => {
    const place = databasePlace(into(), undefined);
    await kindOf(from);
    await refuseNonEmpty(into(), place);
    const promptsDir = path.join(into(), "prompts");
    return restoreBackup({ dataDir: into(), promptsDir, place, file: from, opening });
  };
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return "it went well";
    } catch (error) {
      if (error instanceof BackupError) return error.code;
      throw error;
    }
  };
  /** Refused with this code, and nothing is left of it. */
  const refused = async (code: string, opening: Opening | null = null, from = file()): Promise<void> => {
    const before = await readdir(into(), { recursive: true });
    expect(await codeOf(restore(opening, from))).to.equal(code);
    expect(await readdir(into(), { recursive: true })).to.deep.equal(before);
  };

  it("brings back everything but the key, which is put there by hand", async () => {
    const { manifest, missingSounds } = await make();
    expect(manifest.counts).to.include({ clients: 1, verifications: 1, prompt_versions: 1 });
    expect(manifest.has_keys).to.equal(false);
    expect(missingSounds).to.deep.equal([]);
    expect((await stat(file())).mode & 0o777).to.equal(0o600);
    expect((await readdir(fixture.dir)).filter((name) => name.startsWith(".backup"))).to.deep.equal([]);
    expect(await restore()).to.include({ hasKey: false });
    expect(await readdir(into())).to.have.members(["honnin.db", "prompts"]);
    expect((await stat(path.join(into(), "honnin.db"))).mode & 0o777).to.equal(0o600);
    await mkdir(path.join(into(), "keys"));
    await copyFile(path.join(fixture.dir, "keys/data.key"), path.join(into(), "keys/data.key"));
    const store = await Store.open(into());
    try {
      const found = await findVerification(store.read, "a", "one");
      expect(store.vault.decipherNumber(found!.number_cipher)).to.equal(NUMBER);
      const kept = await findPromptSound(store.read, "f".repeat(64));
      expect(kept?.equals(Buffer.alloc(50_000, 7))).to.equal(true);
    } finally {
      await store.close();
    }
    // Of before sounds were in the database.
    const sound = await readFile(path.join(into(), "prompts", SOUND, "greeting.ulaw"));
    expect(sound.equals(Buffer.alloc(70_000, 0x55))).to.equal(true);
    expect(await readdir(path.join(into(), "prompts"))).to.deep.equal([SOUND]);
  });

  it("has the key and honnin.yaml in it where that is asked for, and only there", async () => {
    await make();
    const key = await readFile(path.join(fixture.dir, "keys/data.key"), "utf8");
    for (const secret of [key.trim(), "trunk_password"])
      expect((await readFile(file())).includes(secret), secret).to.equal(false);
    await make({ withKeys: true, to: file("with keys") });
    expect(await restore(null, file("with keys"))).to.include({ hasKey: true });
    expect(await readFile(path.join(into(), "keys/data.key"), "utf8")).to.equal(key);
    expect((await stat(path.join(into(), "keys/data.key"))).mode & 0o777).to.equal(0o600);
    expect(await readFile(path.join(into(), "honnin.yaml"), "utf8")).to.contain("trunk_password");
  });

  it("is opened by its passphrase and by no other", async () => {
    await make({ encryption: PASSPHRASE, withKeys: true });
    expect(await kindOf(file())).to.equal("encrypted");
    expect((await readFile(file())).includes("manifest.json")).to.equal(false);
    await refused("wrong_passphrase", { passphrase: "correct horse batterie" });
    expect(await restore(PASSPHRASE)).to.include({ hasKey: true });
  });

  it("is opened by the secret key whose public key it was encrypted for, and by no other", async () => {
    const [mine, another] = [await generateIdentity(), await generateIdentity()];
    await make({ encryption: { recipients: [await identityToRecipient(mine)] } });
    await refused("wrong_passphrase", { identities: [another] });
    await restore({ identities: [another, mine] });
  });

  it("is refused where it would overwrite something", async () => {
    await writeFile(file(), "mine");
    expect(await codeOf(make())).to.equal("file_exists");
    expect(await readFile(file(), "utf8")).to.equal("mine");
    expect(await readdir(away.path)).to.have.members(["backup", "data"]);
  });

  it("takes the sounds from where the settings say, and puts them where they say, readable for whom that folder is", async () => {
    const from = path.join(away.path, "sounds of the one");
    const to = path.join(away.path, "sounds of the other");
    await cp(path.join(fixture.dir, "prompts"), from, { recursive: true });
    await mkdir(to);
    await chmod(to, 0o755);
    const { missingSounds } = await makeBackup({
      ...{
        dataDir: fixture.dir,
        promptsDir: from,
        place: databasePlace(fixture.dir, undefined),
        file: file(),
      },
      ...{ withKeys: false, encryption: null, now: NOW },
    });
    expect(missingSounds).to.deep.equal([]);
    const place = databasePlace(into(), undefined);
    await restoreBackup({ dataDir: into(), promptsDir: to, place, file: file(), opening: null });
    expect(await readdir(into())).to.have.members(["honnin.db"]);
    expect(await readdir(to)).to.deep.equal([SOUND]);
    const sound = path.join(to, SOUND);
    expect((await stat(sound)).mode & 0o777).to.equal(0o755);
    expect((await stat(path.join(sound, "greeting.ulaw"))).mode & 0o777).to.equal(0o644);
    expect((await readFile(path.join(sound, "greeting.ulaw"))).length).to.equal(70_000);
  });

  it("tells of sounds that are missing, and has the rest", async () => {
    const place = databasePlace(fixture.dir, undefined);
    const { missingSounds } = await makeBackup({
      ...{ dataDir: into(), promptsDir: path.join(into(), "prompts"), place, file: file() },
      ...{ withKeys: false, encryption: null, now: NOW },
    });
    expect(missingSounds).to.deep.equal([SOUND]);
  });

  it("is refused, and leaves nothing, where its end is missing, at whatever byte", async () => {
    const { bytes } = await make();
    for (const left of [bytes - 1024, bytes - 2048, Math.floor(bytes / 2), 3000]) {
      const cut = file(`cut at ${String(left)}`);
      await copyFile(file(), cut);
      await truncate(cut, left);
      await refused("backup_truncated", null, cut);
    }
    const head = file("nothing but a piece of the manifest");
    await copyFile(file(), head);
    await truncate(head, 700);
    await refused("backup_damaged", null, head);
  });

  it("is refused where the end of an encrypted one is missing", async () => {
    const { bytes } = await make({ encryption: PASSPHRASE });
    await truncate(file(), bytes - 70_000);
    await refused("backup_truncated", PASSPHRASE);
    await truncate(file(), 60);
    await refused("backup_damaged", PASSPHRASE);
  });

  it("is refused where one bit of it is another, wherever that is", async () => {
    const { bytes, manifest } = await make();
    const whole = await readFile(file());
    const manifestEnd = whole.indexOf("\0", 600);
    const places = [600, manifestEnd - 20, manifestEnd + 1400, bytes - 70_000, bytes - 1024 - 700];
    expect(manifest.files.length).to.be.greaterThan(2);
    for (const at of places) {
      const copy = Buffer.from(whole);
      copy[at] = copy[at]! ^ 1;
      await writeFile(file(`bit ${String(at)}`), copy);
      const code = await codeOf(restore(null, file(`bit ${String(at)}`)));
      expect(code, `bit at ${String(at)}`).to.be.oneOf(["backup_damaged", "not_a_backup"]);
      expect(await readdir(into())).to.deep.equal([]);
    }
    await make({ encryption: PASSPHRASE, to: file("sealed") });
    const sealed = await readFile(file("sealed"));
    sealed[100_000] = sealed[100_000]! ^ 1;
    await writeFile(file("sealed bit"), sealed);
    await refused("backup_damaged", PASSPHRASE, file("sealed bit"));
  });

  it("is told from files of others", async () => {
    const foreign: Record<string, string | Buffer> = {
      "a text": "hello",
      empty: "",
      "a database": await readFile(path.join(fixture.dir, "honnin.db")),
    };
    for (const [name, content] of Object.entries(foreign)) {
      await writeFile(file(name), content);
      await refused("not_a_backup", null, file(name));
    }
    const tar = (name: string, sources: TarSource[]): Promise<void> =>
      writeWhole(file(name), packTar(sources));
    await tar("another tar", [{ type: "content", content: "x", target: "x" }]);
    await refused("not_a_backup", null, file("another tar"));
    await tar("another manifest", [{ type: "content", content: '{"a": 1}', target: "manifest.json" }]);
    await refused("not_a_backup", null, file("another manifest"));
    await tar("of tomorrow", [{ type: "content", content: '{"honnin_backup": 2}', target: "manifest.json" }]);
    await refused("backup_newer", null, file("of tomorrow"));
  });

  it("with names that lead elsewhere is refused", async () => {
    const evil = {
      ...(await make()).manifest,
      files: [{ name: "../evil-file", bytes: 1, sha256: "0".repeat(64) }],
    };
    const tar = bareTar(
      [
        { name: "manifest.json", bytes: Buffer.from(JSON.stringify(evil)) },
        { name: "../evil-file", bytes: Buffer.from("x") },
      ],
      0,
    );
    await writeFile(file("evil"), tar);
    await refused("backup_damaged", null, file("evil"));
    for (const at of [away.path, into(), path.join(into(), ".restore")])
      expect(existsSync(path.join(at, "evil-file")), at).to.equal(false);
  });

  it("of a newer database is refused", async () => {
    const later = await StoreFixture.open([], NOW);
    try {
      await later.store.close();
      const database = new BetterSqlite(path.join(later.dir, "honnin.db"));
      database.exec("insert into kysely_migration values ('9999-of-tomorrow', '2099-01-01')");
      database.close();
      const place = databasePlace(later.dir, undefined);
      await makeBackup({
        dataDir: later.dir,
        promptsDir: path.join(later.dir, "prompts"),
        place,
        file: file(),
        withKeys: false,
        encryption: null,
        now: NOW,
      });
      await refused("backup_newer");
      await later.reopen().then(
        () => expect.fail("a newer database was opened"),
        () => undefined,
      );
    } finally {
      await later.close();
    }
  });

  it("is not restored over anything", async () => {
    await make({ withKeys: true });
    await writeFile(path.join(into(), "something"), "mine");
    await refused("not_empty");
    expect(await readFile(path.join(into(), "something"), "utf8")).to.equal("mine");
  });

  it("wants the key that it was made with, where one is there already", async () => {
    await make();
    await mkdir(path.join(into(), "keys"));
    await writeFile(path.join(into(), "keys/data.key"), `${Buffer.alloc(32, 7).toString("base64")}\n`);
    await refused("wrong_data_key");
    await copyFile(path.join(fixture.dir, "keys/data.key"), path.join(into(), "keys/data.key"));
    expect(await restore()).to.include({ hasKey: true });
  });

  it("cannot be written where nobody may write", async () => {
    if (process.getuid?.() === 0) return;
    await chmod(away.path, 0o500);
    await make().then(
      () => expect.fail("it was written"),
      () => undefined,
    );
    await chmod(away.path, 0o700);
  });
});
