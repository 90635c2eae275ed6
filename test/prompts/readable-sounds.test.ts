import { expect } from "chai";
import { chmod, mkdir, stat } from "node:fs/promises";
import path from "node:path";
import { loadConfig } from "../../src/config.js";
import { ConfigError } from "../../src/config-error.js";
import { versionsDir } from "../../src/prompts/library.js";
import { keepSound, replaceSound } from "../../src/prompts/sound-files.js";
import { tempDir } from "../support/temp-dir.js";

describe("sounds that admins have set", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let umask: number;

  beforeEach(async () => {
    dir = await tempDir();
    // As the unit of the package has it.
    umask = process.umask(0o077);
  });
  afterEach(async () => {
    process.umask(umask);
    await dir.remove();
  });

  for (const [folder, sound, file] of [
    [0o700, "700", "600"],
    [0o2750, "750", "640"],
    [0o755, "755", "644"],
    [0o777, "755", "644"],
  ] as const) {
    it(`are readable for whom their folder is, and writable for nobody else: ${folder.toString(8)}`, async () => {
      const place = path.join(dir.path, "prompts");
      await mkdir(place);
      await chmod(place, folder);
      const kept = await keepSound(place, "greeting", new Int16Array(800));
      const mode = async (...parts: string[]): Promise<string> =>
        ((await stat(path.join(place, kept, ...parts))).mode & 0o777).toString(8);
      expect(await mode()).to.equal(sound);
      for (const ending of ["ulaw", "alaw", "wav"]) expect(await mode(`greeting.${ending}`)).to.equal(file);
      await replaceSound(place, kept, "verified", new Int16Array(800));
      for (const ending of ["ulaw", "alaw", "wav"]) expect(await mode(`verified.${ending}`)).to.equal(file);
    });
  }

  it("lie in the data directory, unless another place is named", () => {
    const settings = { HONNIN_DATA_DIR: dir.path, HONNIN_SIP_PORT: "0" };
    expect(versionsDir(loadConfig(settings, "/"))).to.equal(path.join(dir.path, "prompts"));
    const elsewhere = loadConfig({ ...settings, HONNIN_PROMPTS_DIR: "sounds" }, "/srv");
    expect(versionsDir(elsewhere)).to.equal("/srv/sounds");
  });

  it("lie in no place whose name Asterisk would take for two", () => {
    expect(() => loadConfig({ HONNIN_DATA_DIR: dir.path, HONNIN_PROMPTS_DIR: "/srv/a,b" }, "/")).to.throw(
      ConfigError,
      "HONNIN_PROMPTS_DIR",
    );
  });
});
