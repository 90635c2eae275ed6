import { expect } from "chai";
import { chmod, mkdir, readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { BrokenRootError } from "../../src/programs/fetch-errors.js";
import { runProgram } from "../../src/programs/run-program.js";
import { unpackPackages } from "../../src/programs/unpack-packages.js";
import { tempDir } from "../support/temp-dir.js";

const CONTROL =
  "Package: keys\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@localhost>\nDescription: keys\n";

describe("packages that are unpacked", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let deb: string;
  let target: string;

  beforeEach(async () => {
    dir = await tempDir();
    deb = path.join(dir.path, "keys_1_all.deb");
    target = path.join(dir.path, "root");
    const tree = path.join(dir.path, "tree");
    await mkdir(path.join(tree, "DEBIAN"), { recursive: true });
    await mkdir(path.join(tree, "usr/share"), { recursive: true });
    await writeFile(path.join(tree, "DEBIAN/control"), CONTROL);
    await writeFile(path.join(tree, "usr/share/su"), "who am I\n");
    await chmod(path.join(tree, "usr/share/su"), 0o6755);
    await chmod(path.join(tree, "usr/share"), 0o2755);
    for (const name of ["", "DEBIAN", "usr"]) await chmod(path.join(tree, name), 0o755);
    const args = ["--root-owner-group", "-Znone", "--build", tree, deb];
    expect((await runProgram("dpkg-deb", args, { deadlineMs: 60_000 })).code).to.equal(0);
  });
  afterEach(() => dir.remove());

  it("are there for everybody to read and run, and nothing is set-user-id, whoever unpacked them", async () => {
    const before = process.umask(0o077);
    try {
      await unpackPackages([deb], target);
    } finally {
      process.umask(before);
    }
    expect(await readFile(path.join(target, "usr/share/su"), "utf8")).to.equal("who am I\n");
    for (const name of ["usr", "usr/share", "usr/share/su"])
      expect((await stat(path.join(target, name))).mode & 0o7777, name).to.equal(0o755);
  });

  it("are refused when one of them is broken", async () => {
    await writeFile(deb, "no package\n");
    const unpacked = await unpackPackages([deb], target).catch((error: unknown) => error);
    expect(unpacked).to.be.instanceOf(BrokenRootError);
  });
});
