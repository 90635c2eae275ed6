import { expect } from "chai";
import { Teardown } from "../../src/service/teardown.js";
import { capturedLog } from "../support/quiet-log.js";

describe("undoing what was set up", () => {
  let done: string[];
  let logged: () => string;
  let teardown: Teardown;

  beforeEach(() => {
    const { log, text } = capturedLog();
    done = [];
    logged = text;
    teardown = new Teardown(log);
  });

  const step = (what: string, then = (): Promise<void> | void => undefined): void => {
    teardown.add(what, () => {
      done.push(what);
      return then();
    });
  };

  it("goes backwards, one step after the other", async () => {
    step("first", () => {
      done.push("first done");
    });
    step("second", async () => {
      await new Promise((resolve) => setImmediate(resolve));
      done.push("second done");
    });
    await teardown.run();
    expect(done).to.deep.equal(["second", "second done", "first", "first done"]);
  });

  it("runs each step though one throws and one rejects, and says which", async () => {
    step("lock");
    step("database", () => Promise.reject(new Error("disk I/O error")));
    step("socket", () => {
      throw new Error("not running");
    });
    await teardown.run();
    expect(done).to.deep.equal(["socket", "database", "lock"]);
    expect(logged()).to.contain('"what":"socket"').and.contain("not running");
    expect(logged()).to.contain('"what":"database"').and.contain("disk I/O error");
  });

  it("leaves behind a step that hangs, at its deadline", async () => {
    step("lock");
    teardown.add(
      "calls",
      () => new Promise<void>(() => undefined),
      () => 10,
    );
    await teardown.run();
    expect(done).to.deep.equal(["lock"]);
    expect(logged()).to.contain('"what":"calls"').and.contain("hangs");
  });

  it("is done once, however often it is asked for", async () => {
    expect(teardown.begun).to.be.false;
    step("lock");
    const both = Promise.all([teardown.run(), teardown.run()]);
    expect(teardown.begun).to.be.true;
    await both;
    await teardown.run();
    expect(done).to.deep.equal(["lock"]);
    expect(logged()).to.equal("");
  });
});
