import { expect } from "chai";
import { existsSync } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import path from "node:path";
import {
  levelOfLine,
  OutputLog,
  tellsOfNoTrouble,
  withoutNumbers,
  withoutSpelling,
} from "../../src/asterisk/output-log.js";
import { poll } from "../phones/waiting.js";
import { tempDir } from "../support/temp-dir.js";

describe("what Asterisk says", () => {
  it("keeps the severity that Asterisk gave it", () => {
    expect(levelOfLine("[2026-11-23 12:18:05.518] WARNING[24554][C-00000001]: file.c:1 f: x")).to.equal(
      "warn",
    );
    const cut =
      "[2026-11-23 14:46:35.780] WARNING[18039][C-00000013]: res_stasis_playback.c:280 playback_final_update: honnin-1.18: Playback failed for sound:/sounds/ja/verified";
    expect(tellsOfNoTrouble(cut), "no trouble: the person hung up").to.equal(true);
    expect(tellsOfNoTrouble(cut.replace("playback_final_update", "play_uri"))).to.equal(false);
    const early =
      "[2026-11-28 09:16:24.306] WARNING[28442]: pbx.c:8795 ast_context_verify_includes: Context 'from-trunk' tries to include nonexistent context 'stasis-honnin'";
    expect(tellsOfNoTrouble(early), "no trouble: nobody is linked yet").to.equal(true);
    expect(tellsOfNoTrouble(early.replace("stasis-honnin", "honnin"))).to.equal(false);
    expect(levelOfLine("[2026-11-23 12:18:05.518] ERROR[24554]: file.c:1 f: x")).to.equal("error");
    expect(levelOfLine("Asterisk Ready.")).to.equal("debug");
  });

  const numbers: Record<string, string> = {
    "Request from '\"x\" <sip:09012345678@c>' failed": "Request from '\"x\" <sip:090***78@c>' failed",
    "to extension '+81312345678' rejected": "to extension '+813***78' rejected",
    "Called PJSIP/09012345678@trunk": "Called PJSIP/090***78@trunk",
  };
  for (const [said, kept] of Object.entries(numbers)) {
    it(`is kept without whole telephone numbers: ${kept}`, () => {
      expect(withoutNumbers(said)).to.equal(kept);
    });
  }

  it("is kept without the pieces that spell a code", () => {
    expect(withoutSpelling("Playback stopped for sound:/x/sounds/ja/digit-7")).to.equal(
      "Playback stopped for sound:/x/sounds/ja/digit-*",
    );
    expect(withoutSpelling("letter-upper,letter-q,human-gate")).to.equal("letter-*,letter-*,human-gate");
  });

  it("is found again by its last grave lines, in a file of its own for the owner only", async () => {
    const dir = await tempDir();
    const log = new OutputLog(path.join(dir.path, "log"));
    for (const line of ["one", "ERROR[1]: two", "three"]) log.add(line);
    await log.close();
    expect(log.lastWords()).to.deep.equal(["ERROR[1]: two"]);
    expect(await readFile(path.join(dir.path, "log"), "utf8")).to.equal("one\nERROR[1]: two\nthree\n");
    expect((await stat(path.join(dir.path, "log"))).mode & 0o777).to.equal(0o600);
    await dir.remove();
  });

  it("goes on being kept when its folder was taken away before it was to turn over", async () => {
    const dir = await tempDir();
    const file = path.join(dir.path, "asterisk", "log");
    const log = new OutputLog(file);
    log.add("one");
    await poll(() => Promise.resolve(existsSync(file)), 60_000, "the file");
    await rm(path.dirname(file), { recursive: true });
    for (let megabytes = 0; megabytes < 6; megabytes++) log.add("x".repeat(1_000_000));
    log.add("last");
    await log.close();
    const kept = await readFile(file, "utf8");
    expect(kept.slice(-7)).to.equal("x\nlast\n");
    await dir.remove();
  });
});
