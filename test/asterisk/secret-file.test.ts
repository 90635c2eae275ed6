import { expect } from "chai";
import { chmod, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { ensureSecretFile } from "../../src/asterisk/secret-file.js";
import { tempDir } from "../support/temp-dir.js";

describe("a secret in a file", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  it("is made once, at random, for its owner only", async () => {
    const file = path.join(dir.path, "deep", "secret");
    const secret = await ensureSecretFile(file, 32);
    expect(secret).to.match(/^[\w-]{43}$/);
    expect(await ensureSecretFile(file, 32)).to.equal(secret);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
  });

  it("is closed to others again when somebody opened it", async () => {
    const file = path.join(dir.path, "secret");
    await ensureSecretFile(file, 32);
    await chmod(file, 0o644);
    await ensureSecretFile(file, 32);
    expect((await stat(file)).mode & 0o777).to.equal(0o600);
  });

  it("is the same for all who ask at once, and leaves nothing else behind", async () => {
    const file = path.join(dir.path, "secret");
    const secrets = await Promise.all(Array.from({ length: 8 }, () => ensureSecretFile(file, 32)));
    expect(new Set(secrets).size).to.equal(1);
    expect(await readdir(dir.path)).to.deep.equal(["secret"]);
  });
});
