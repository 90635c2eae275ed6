import { expect } from "chai";
import path from "node:path";
import { runsWith } from "../../src/asterisk/stale-process.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, processesOf, runningAsterisk, setUp } from "./honnin-command.js";

const WHOLE_MS = 90_000;

describe("honnin demo", function () {
  this.timeout(240_000);

  let dir: Awaited<ReturnType<typeof tempDir>>;
  let demo: HonninCommand;

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
    demo = new HonninCommand(dir.path, ["demo"]);
  });

  afterEach(async () => {
    demo.signal("SIGKILL");
    await demo.ended();
    for (const left of processesOf(dir.path)) process.kill(Number.parseInt(left, 10), "SIGKILL");
    await dir.remove();
  });

  for (const [moment, words] of [
    ["before its softphone is there", "service is up"],
    ["before its telephone rings", "POST /v1/verifications → 201"],
    ["in the middle of its call", "ask-code"],
  ] as const) {
    it(`ends in good order when it is broken off ${moment}`, async () => {
      await demo.said(words);
      demo.signal("SIGINT");
      const { code, stdout, stderr } = await demo.ended();
      expect(code, stderr).to.equal(1);
      expect(stderr).to.contain("the demo was broken off");
      expect(stdout).to.equal("");
      expect(processesOf(dir.path), "no Asterisk, no softphone").to.deep.equal([]);
    });
  }

  it("ends the Asterisk that a killed one left behind", async () => {
    await demo.said("service is up");
    const left = runningAsterisk(path.join(dir.path, "demo"));
    demo.signal("SIGKILL");
    await demo.ended();
    demo = new HonninCommand(dir.path, ["demo"]);
    await demo.said("service is up");
    expect(runningAsterisk(path.join(dir.path, "demo"))).not.to.equal(left);
    expect(runsWith(left!, path.join(dir.path, "demo/asterisk/etc/asterisk.conf"))).to.be.false;
  });

  it("lets no second one take its data away, and verifies all the same", async () => {
    await demo.said("service is up");
    const pid = runningAsterisk(path.join(dir.path, "demo"));
    const second = await HonninCommand.run(dir.path, ["demo"]);
    expect(second.code).to.equal(4);
    expect(second.stderr).to.contain("data_dir_in_use");
    expect(runningAsterisk(path.join(dir.path, "demo")))
      .to.equal(pid)
      .and.not.to.equal(null);
    const { code, stdout, stderr } = await demo.ended(WHOLE_MS);
    expect(code, stderr).to.equal(0);
    expect(stdout).to.equal("verified\n");
    expect(processesOf(dir.path)).to.deep.equal([]);
  });
});
