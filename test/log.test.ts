import { expect } from "chai";
import { capturedLog } from "./support/quiet-log.js";

describe("the log of one call", () => {
  it("has the ids of call, verification and client on each line, beside what the line itself tells", () => {
    const { log, text } = capturedLog();
    const ofCall = log.child({ client: "cli_a" }).child({ call: "c-1", verification: "ver_1" });
    ofCall.warn("a prompt could not be played", { channel: "c-1" });
    ofCall.info("call ended", { outcome: "busy", sip: 486 });
    log.error("something else");
    const [first, second, third] = text()
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const ids = { call: "c-1", verification: "ver_1", client: "cli_a" };
    expect(first).to.include({ ...ids, message: "a prompt could not be played", channel: "c-1" });
    expect(second).to.include({ ...ids, message: "call ended", outcome: "busy", sip: 486 });
    expect(third).not.to.have.any.keys("call", "verification", "client");
  });
});
