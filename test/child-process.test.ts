import path from "node:path";
import { expect } from "chai";
import { AsteriskProcess } from "../src/asterisk/asterisk-process.js";
import { withFileLock } from "../src/programs/file-lock.js";
import { runProgram } from "../src/programs/run-program.js";
import { startProgram } from "../src/child-process.js";
import { runBounded } from "../src/run-bounded.js";
import { tempDir } from "./support/temp-dir.js";
import { withoutDescriptors } from "./support/without-descriptors.js";

const TRUE = "/bin/true";

describe("a program that cannot be started", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(async () => {
    dir = await tempDir();
  });
  after(() => dir.remove());

  const codeOf = (start: () => Promise<unknown>): Promise<unknown> =>
    start().then(
      () => "started",
      (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
    );

  for (const [what, start] of [
    ["a program", (): Promise<unknown> => startProgram(TRUE, [], { stdio: "pipe" })],
    [
      "Asterisk",
      () => AsteriskProcess.start({ file: TRUE, args: [], env: {} }, "x.conf", "/", () => undefined),
    ],
    ["a program of set-up", () => runProgram(TRUE, [], { deadlineMs: 20_000 })],
    ["a decoder or a voice", () => runBounded(TRUE, [], { deadlineMs: 20_000, maxBytes: 100 })],
    ["the holder of a lock", () => withFileLock(path.join(dir.path, "lock"), () => Promise.resolve())],
  ] as const) {
    it(`says so by the system's code when there are no descriptors left: ${what}`, async () => {
      expect(await codeOf(start), "with descriptors").to.equal("started");
      expect(await withoutDescriptors(() => codeOf(start))).to.be.oneOf(["EMFILE", "EAGAIN"]);
      expect(await codeOf(start), "and afterwards").to.equal("started");
    });
  }

  it("says so by the system's code when there is no such program", async () => {
    expect(await codeOf(() => startProgram("/no/such/program", [], { stdio: "pipe" }))).to.equal("ENOENT");
  });
});
