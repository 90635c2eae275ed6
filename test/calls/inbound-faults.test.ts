import { expect } from "chai";
import type { SippPhone } from "../phones/sipp.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";

const CODE = "271828";
const DID = "0312340000";

describe("when something breaks during a call that came in", function () {
  this.timeout(240_000);
  let calls: CallService;

  const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
    calls = await CallService.start({ HONNIN_DIDS: DID, ...env });
  };
  const awaited = async (expiresIn = 300): Promise<{ id: string; number: string }> => {
    const number = calls.newNumber();
    const body = { direction: "inbound", code: CODE, expires_in: expiresIn };
    return { ...(await calls.register(number, body)), number };
  };
  const calling = async (from: string): Promise<SippPhone> => {
    const phone = await calls.caller("calls", { to: DID, from });
    await phone.answered();
    await phone.heard.speech();
    return phone;
  };

  afterEach(async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });

  it("Asterisk killed: the attempt failed, the verification waits, the next call verifies", async () => {
    await start();
    const { id, number } = await awaited();
    await calling(number);
    const pid = calls.service.asteriskPid();
    if (pid === null) throw new Error("no Asterisk runs");
    process.kill(pid, "SIGKILL");
    const between = await calls.ended(id);
    expect(between).to.include({ status: "pending", reason: null });
    expect(between.attempts[0]).to.include({ direction: "inbound", outcome: "failed" });
    // An outbound call goes out as soon as there is an Asterisk again: then the next caller gets through.
    const { phone, number: called } = await calls.phone("answers");
    await calls.register(called);
    await phone.answered();
    await phone.hangUp();
    const again = await calling(number);
    await again.press(CODE);
    await again.hungUpOn();
    const result = await calls.ended(id, { calls: 2 });
    expect(result).to.include({ status: "verified" });
    expect(result.attempts.map((attempt) => attempt.outcome)).to.deep.equal(["failed", "answered"]);
  });

  it("drained: the call in progress ends verified, the next caller is sent away with 503", async () => {
    await start();
    const { id, number } = await awaited();
    const other = await awaited();
    const phone = await calling(number);
    const stopped = calls.service.stop(60_000);
    const late = await calls.caller("calls-and-is-refused", { to: DID, from: other.number, refusal: 503 });
    expect((await late.done()).exitCode, late.story()).to.equal(0);
    await phone.press(CODE);
    await phone.hungUpOn();
    expect(await calls.happened(id, "ended")).to.include({ outcome: "answered" });
    await stopped;
    await calls.up();
    expect(await calls.result(id)).to.include({ status: "verified" });
    expect(await calls.result(other.id)).to.include({ status: "pending" });
  });

  it("drained with only a call of ours in progress: who calls meanwhile is sent away with 503", async () => {
    await start();
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    const other = await awaited();
    await phone.answered();
    await phone.heard.speech();
    const stopped = calls.service.stop(60_000);
    const late = await calls.caller("calls-and-is-refused", { to: DID, from: other.number, refusal: 503 });
    expect((await late.done()).exitCode, late.story()).to.equal(0);
    await phone.press(CODE);
    await phone.hungUpOn();
    await stopped;
    await calls.up();
    expect(await calls.result(id)).to.include({ status: "verified" });
    expect(await calls.result(other.id)).to.include({ status: "pending" });
  });

  it("stopped at once: the attempt failed, the verification waits for another call", async () => {
    await start();
    const { id, number } = await awaited();
    await calling(number);
    await calls.down();
    await calls.up();
    const between = await calls.result(id);
    expect(between).to.include({ status: "pending", reason: null });
    expect(between.attempts[0]).to.include({ outcome: "failed" });
    const phone = await calling(number);
    await phone.press(CODE);
    expect(await calls.ended(id, { calls: 2 })).to.include({ status: "verified" });
  });

  it("the deadline passes during the call: told so, expired", async () => {
    await start({ HONNIN_FIRST_KEY_SECONDS: "60" });
    const { id, number } = await awaited(30);
    const phone = await calling(number);
    await phone.hungUpOn();
    const result = await calls.ended(id);
    expect(result).to.include({ status: "expired", reason: null });
    expect(result.attempts[0]).to.include({ outcome: "answered" });
    expect(calls.saidTo(id)).to.match(/ask-code-inbound expired goodbye$/);
  });
});
