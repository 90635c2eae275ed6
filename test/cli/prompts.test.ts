import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { readWave } from "../../src/sound/wave.js";
import { poll } from "../phones/waiting.js";
import { ffmpeg, mp3Of, RATE, wavOf } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

type Json = Readonly<Record<string, unknown>>;

describe("honnin prompts", function () {
  // Each command is a process of its own, and some tests run a dozen.
  this.timeout(240_000);
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    await dir.remove();
  });

  function honnin(
    args: readonly string[],
    settings: Readonly<Record<string, string>> = {},
  ): Promise<Outcome> {
    return HonninCommand.run(dir.path, args, settings);
  }

  async function prompts(...args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await honnin(["prompts", ...args]);
    expect(code, stderr).to.equal(0);
    return stdout;
  }

  async function json(...args: readonly string[]): Promise<Json> {
    return JSON.parse(await prompts(...args, "--json")) as Json;
  }

  async function jsonList(...args: readonly string[]): Promise<Json[]> {
    return JSON.parse(await prompts(...args, "--json")) as Json[];
  }

  async function recording(name: string, seed: number): Promise<string> {
    const file = path.join(dir.path, name);
    await writeFile(
      file,
      name.endsWith(".mp3") ? await mp3Of(speechLike(seed, 1, RATE)) : wavOf(speechLike(seed, 1, RATE)),
    );
    return file;
  }

  async function fails(args: readonly string[], code: number, said: string): Promise<void> {
    const outcome = await honnin(["prompts", ...args]);
    expect(outcome.code, outcome.stderr).to.equal(code);
    expect(outcome.stdout).to.equal("");
    expect(outcome.stderr).to.contain(said);
  }

  it("lets an admin replace a company's name, look, listen, and go back", async () => {
    await honnin(["client", "create", "shop"]);
    const file = await recording("name.mp3", 1);
    const ofShop = ["company-name", "--client", "shop"];
    const set = await json(
      "set",
      "company-name",
      file,
      "--client",
      "shop",
      "--by",
      "鈴木",
      "--text",
      "ほんにん商店です。",
    );
    expect(set).to.deep.include({ version: 1, current: true, origin: "recording", created_by: "鈴木" });
    expect(set).to.deep.include({ source_name: "name.mp3", text: "ほんにん商店です。" });

    const shown = await json("show", ...ofShop);
    expect(shown).to.include({ source: "client", version: 1, text: "ほんにん商店です。", draft: null });
    expect(shown["when"]).to.be.a("string");
    expect(await prompts("show", ...ofShop)).to.contain("text: ほんにん商店です。");
    const listed = await jsonList("list", "--client", "shop", "--locale", "ja");
    expect(listed.find(({ id }) => id === "company-name")).to.include({ source: "client", version: 1 });
    expect(await prompts("list", "--client", "shop")).to.match(/^company-name +ja +client +1 /m);
    expect(await prompts("list")).to.match(/^company-name +ja +shipped /m);

    await prompts("preview", ...ofShop, "--out", path.join(dir.path, "heard.wav"));
    const heard = readWave(await readFile(path.join(dir.path, "heard.wav")));
    expect(heard.pcm.length / 8).to.be.closeTo(Number(set["duration_ms"]), 1);

    await prompts("set", "company-name", await recording("other.wav", 2), "--client", "shop");
    const back = await json("rollback", ...ofShop);
    expect(back).to.deep.include({ version: 3, origin: "rollback", restores: 1, sha256: set["sha256"] });
    const history = await jsonList("history", ...ofShop);
    expect(history.map(({ version, origin, current }) => [version, origin, current])).to.deep.equal([
      [3, "rollback", true],
      [2, "recording", false],
      [1, "recording", false],
    ]);
    expect(await prompts("history", ...ofShop)).to.match(/^3 +current .*rollback to 1 +name.mp3/m);
    expect(history.at(1)!["created_by"], "the user of this machine").to.be.a("string").and.not.equal("");
    await prompts("check");
  });

  it("writes a preview to stdout, of a whole sequence too, and nothing else there", async () => {
    // As text it is damaged; its length and its beginning tell enough.
    const { code, stdout, stderr } = await honnin([
      "prompts",
      "preview",
      "--sequence",
      "silence-start,greeting",
    ]);
    expect(code, stderr).to.equal(0);
    expect(stdout.startsWith("RIFF")).to.be.true;
    expect(stderr).to.equal("");
  });

  it("changes a text, which waits for its sound", async () => {
    await honnin(["client", "create", "shop"]);
    const of = ["company-name", "--client", "shop", "--locale", "en"];
    expect(await prompts("text", ...of)).to.equal("This is the verification centre.\n");
    expect(await prompts("text", "company-name", "This is the shop.", ...of.slice(1))).to.equal(
      "This is the shop.\n",
    );
    const shown = await json("show", ...of);
    expect(shown).to.include({ text: "This is the verification centre.", draft: "This is the shop." });
    await prompts("text", ...of, "--drop");
    expect((await json("text", ...of))["draft"]).to.equal(null);
  });

  it("has a text spoken where a synthesiser is installed", async () => {
    const bin = path.join(dir.path, "bin");
    await mkdir(bin);
    await writeFile(path.join(bin, "spoken.wav"), wavOf(speechLike(5, 1, 16_000), 16_000));
    await writeFile(
      path.join(bin, "flite"),
      `#!/bin/sh\nfor last; do :; done\n/bin/cp ${bin}/spoken.wav "$last"\n`,
    );
    await chmod(path.join(bin, "flite"), 0o755);
    await prompts("text", "greeting", "Good day.", "--locale", "en");
    const { code, stdout, stderr } = await honnin(
      ["prompts", "render", "greeting", "--locale", "en", "--json"],
      { PATH: bin },
    );
    expect(code, stderr).to.equal(0);
    expect(JSON.parse(stdout)).to.include({ version: 1, origin: "speech", text: "Good day." });
    const missing = await honnin(["prompts", "render", "greeting"], { PATH: bin });
    expect(missing.code).to.equal(4);
    expect(missing.stderr)
      .to.contain("apt-get install open-jtalk")
      .and.to.contain("[speech_program_missing]");
  });

  it("carries the versions of one client to another", async () => {
    for (const name of ["shop", "bank"]) await honnin(["client", "create", name]);
    await prompts("set", "greeting", await recording("a.wav", 1), "--client", "shop");
    const archive = path.join(dir.path, "shop.tar.gz");
    await prompts("export", archive, "--client", "shop");
    expect((await stat(archive)).mode & 0o777).to.equal(0o600);
    const outcome = await json("import", archive, "--client", "bank", "--by", "x");
    expect(outcome["unchanged"]).to.equal(0);
    expect((outcome["added"] as Json[])[0]).to.include({
      id: "greeting",
      locale: "ja",
      origin: "import",
      created_by: "x",
    });
    await fails(["export", archive], 1, "[nothing_to_export]");
    await writeFile(archive, "no archive");
    await fails(["import", archive, "--client", "bank"], 1, "[archive_invalid]");
    await truncate(archive, 65_000_000);
    await fails(["import", archive], 1, "[archive_too_large]");
  });

  it("check ends with 1 and names what is wrong", async () => {
    const { sha256 } = await json("set", "greeting", await recording("a.wav", 1));
    expect(sha256).to.have.keys("ulaw", "alaw", "wav");
    const fine = await jsonList("check");
    expect(fine.every(({ faults }) => (faults as unknown[]).length === 0)).to.be.true;
    const database = new BetterSqlite(path.join(dir.path, "honnin.db"));
    database.prepare("update prompt_sounds set wav = ?").run(Buffer.from("other"));
    database.close();
    const { code, stdout, stderr } = await honnin(["prompts", "check"]);
    expect(code).to.equal(1);
    expect(stdout).to.match(/^default +ja +greeting +1 .*its sound was altered$/m);
    expect(stderr).to.contain(" sounds are not right");
  });

  it("a wrong word ends with 2, a file that will not do with 1, and each says why, with its code", async () => {
    const text = path.join(dir.path, "a.mp3");
    await writeFile(text, "no sound");
    const large = path.join(dir.path, "large.wav");
    await writeFile(large, "");
    await truncate(large, 20_000_001);
    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [["show", "greet"], 2, "[unknown_prompt]"],
      [["show", "../greeting"], 2, "[path_in_name]"],
      [["list", "--locale", "fr"], 2, "[unknown_locale]"],
      [["show", "greeting", "--locale", "../ja"], 2, "[path_in_name]"],
      [["text", "greeting", "x", "--by", ""], 2, "[by_invalid]"],
      [["rollback", "greeting", "--to", "x"], 2, "--to wants the number"],
      [["preview"], 2, "give one id, or --sequence"],
      [["text", "greeting", "x", "--drop"], 2, "not both"],
      [["list", "--client", "nobody"], 1, "no client is named nobody"],
      [["rollback", "greeting"], 1, "[nothing_older]"],
      [["set", "pause-short", text], 1, "[prompt_is_silence]"],
      [["set", "greeting", path.join(dir.path, "none.wav")], 1, "[file_unreadable]"],
      [["set", "greeting", dir.path], 1, "[file_unreadable]"],
      [["set", "greeting", "/dev/zero"], 1, "[file_unreadable]"],
      [["set", "greeting", large], 1, "[file_too_large]"],
      [["set", "greeting", text], 1, "[not_audio]"],
      [["text", "ask-code", "どうぞ。"], 1, "[text_lacks_piece]"],
    ];
    for (const [args, code, said] of cases) await fails(args, code, said);
  });

  it("killed between recording and database leaves the old version current, and the check content", async () => {
    await prompts("set", "greeting", await recording("old.wav", 1));
    // An ffmpeg that waits to be told, so that the database can be held before the commit.
    const { file, args } = await ffmpeg();
    const bin = path.join(dir.path, "bin");
    await mkdir(bin);
    const marks = { begun: path.join(dir.path, "begun"), go: path.join(dir.path, "go") };
    const real = [file, ...args].map((part) => `'${part}'`).join(" ");
    const script = `#!/bin/sh\n: > ${marks.begun}\nwhile [ ! -e ${marks.go} ]; do sleep 0.05; done\nexec ${real} "$@"\n`;
    await writeFile(path.join(bin, "ffmpeg"), script);
    await chmod(path.join(bin, "ffmpeg"), 0o755);
    const left = (): Promise<string[]> => readdir(path.join(dir.path, "prompts"));
    const command = new HonninCommand(
      dir.path,
      ["prompts", "set", "greeting", await recording("new.wav", 2)],
      { PATH: `${bin}:/usr/bin:/bin` },
    );
    await poll(() => Promise.resolve(existsSync(marks.begun)), 60_000, "the conversion");
    const database = new BetterSqlite(path.join(dir.path, "honnin.db"));
    database.exec("begin immediate");
    await writeFile(marks.go, "");
    await poll(async () => (await left()).length === 0, 60_000, "the end of the conversion");
    command.signal("SIGKILL");
    await command.ended();
    database.exec("rollback");
    database.close();
    const history = await jsonList("history", "greeting");
    expect(history.map(({ version, source_name: name, current }) => [version, name, current])).to.deep.equal([
      [1, "old.wav", true],
    ]);
    await prompts("check");
    await prompts("set", "greeting", await recording("again.wav", 3));
    expect((await json("show", "greeting"))["version"]).to.equal(2);
  });
});
