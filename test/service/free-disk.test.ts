import { statfs } from "node:fs/promises";
import { expect } from "chai";
import { FreeDisk } from "../../src/service/free-disk.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";

describe("the free space of the disk", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  before(async () => {
    dir = await tempDir();
  });
  after(() => dir.remove());

  const look = async (floor: number, ...others: string[]): Promise<{ hasRoom: boolean; logged: string }> => {
    const { log, text } = capturedLog();
    const disk = new FreeDisk([dir.path, ...others], floor, log);
    await disk.start();
    disk.stop();
    return { hasRoom: disk.hasRoom, logged: text() };
  };

  it("is enough above the floor, and nothing is said", async () => {
    expect(await look(0)).to.deep.equal({ hasRoom: true, logged: "" });
  });

  it("is not below it, which is an error in the log", async () => {
    const { blocks, bsize } = await statfs(dir.path);
    const { hasRoom, logged } = await look(blocks * bsize + 1);
    expect(hasRoom).to.equal(false);
    expect(logged).to.include("the disk is nearly full: registrations are refused");
  });

  it("is that of the fullest disk, where the database lies on another than the rest", async () => {
    // Of the kernel's own file system nothing is free.
    expect((await look(1)).hasRoom).to.equal(true);
    expect((await look(1, "/proc")).hasRoom).to.equal(false);
  });
});
