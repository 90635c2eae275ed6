import { expect } from "chai";
import { poll } from "../phones/waiting.js";
import type { SippPhone } from "../phones/sipp.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";

const CODE = "271828";

describe("when something breaks", function () {
  this.timeout(240_000);
  let calls: CallService;

  afterEach(async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });

  const answered = async (
    body: Readonly<Record<string, unknown>> = {},
  ): Promise<{ phone: SippPhone; number: string; id: string }> => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE, ...body });
    await phone.answered();
    await phone.heard.speech();
    return { phone, number, id };
  };
  const killAsterisk = (): void => {
    const pid = calls.service.asteriskPid();
    if (pid === null) throw new Error("no Asterisk runs");
    process.kill(pid, "SIGKILL");
  };

  it("Asterisk killed during a call: failed with service_unavailable, and the next call works", async () => {
    calls = await CallService.start();
    const first = await answered();
    killAsterisk();
    const result = await calls.ended(first.id);
    expect(result).to.include({ status: "failed", reason: "service_unavailable" });
    expect(result.attempts[0]).to.include({ outcome: "failed" });
    const second = await answered();
    await second.phone.press(CODE);
    await second.phone.hungUpOn();
    expect(await calls.ended(second.id)).to.include({ status: "verified" });
  });

  it("Asterisk killed during a call with attempts left: redialled and verified", async () => {
    calls = await CallService.start();
    const { number, id } = await answered({ max_call_attempts: 2 });
    killAsterisk();
    await calls.happened(id, "ended");
    const { phone } = await calls.phone("answers");
    calls.carrier.connect(number, phone.port);
    await phone.answered();
    await phone.heard.speech();
    await phone.press(CODE);
    const result = await calls.ended(id, { calls: 2 });
    expect(result).to.include({ status: "verified" });
    expect(result.attempts.map((attempt) => attempt.outcome)).to.deep.equal(["failed", "answered"]);
  });

  it("stopped with calls waiting: they are dialled after the next start", async () => {
    calls = await CallService.start({ HONNIN_TRUNK_MAX_CALLS: "1" });
    const ringing = await calls.phone("rings-until-canceled");
    const first = await calls.register(ringing.number);
    await ringing.phone.ringing();
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await calls.down();
    await calls.up();
    // The call in progress was cut; it had one attempt.
    expect(await calls.result(first.id)).to.include({ status: "failed", reason: "service_unavailable" });
    await phone.answered();
    await phone.heard.speech();
    await phone.press(CODE);
    expect(await calls.ended(id)).to.include({ status: "verified" });
  });

  it("stopped until the deadline has passed: expired, and no telephone rings", async () => {
    calls = await CallService.start({ HONNIN_TRUNK_MAX_CALLS: "1" });
    const ringing = await calls.phone("rings-until-canceled");
    await calls.register(ringing.number);
    await ringing.phone.ringing();
    const number = calls.newNumber();
    const { id } = await calls.register(number);
    await calls.down();
    await calls.expireWhileDown(id);
    await calls.up();
    expect(await calls.result(id)).to.include({ status: "expired" });
    expect(calls.carrier.invitesTo(number)).to.deep.equal([]);
  });

  it("drained: the call in progress ends verified, a new request is told to come back", async () => {
    calls = await CallService.start();
    const { phone, id } = await answered();
    const { api } = calls;
    const stopped = calls.service.stop(60_000);
    const refused = await api.post("/v1/verifications", { phone_number: calls.newNumber() });
    expect(refused.status).to.equal(503);
    expect(refused.json).to.include({ code: "service_unavailable" });
    expect(calls.logged, "each that is turned away").to.not.include("request failed");
    await phone.press(CODE);
    await phone.hungUpOn();
    const event = await calls.happened(id, "ended");
    expect(event).to.include({ outcome: "answered" });
    await stopped;
    await calls.up();
    expect(await calls.result(id)).to.include({ status: "verified" });
  });

  it("drained for too long: the call in progress is cut, and its end is stored", async () => {
    calls = await CallService.start();
    const { phone, id } = await answered();
    await calls.down(1);
    await phone.hungUpOn();
    await calls.up();
    const result = await calls.result(id);
    expect(result).to.include({ status: "failed", reason: "service_unavailable" });
    expect(result.attempts[0]?.ended_at).to.be.a("string");
  });

  it("no line free for too long: failed with over_capacity; first come is first served before", async () => {
    calls = await CallService.start({ HONNIN_TRUNK_MAX_CALLS: "1", HONNIN_MAX_QUEUE_SECONDS: "4" });
    const ringing = await calls.phone("rings-until-canceled");
    const first = await calls.register(ringing.number);
    await ringing.phone.ringing();
    const late = await calls.register(calls.newNumber());
    const decided = async (): Promise<boolean> => (await calls.result(late.id)).status !== "pending";
    await poll(decided, 60_000, "the end of the wait");
    const result = await calls.result(late.id);
    expect(result).to.include({ status: "failed", reason: "over_capacity" });
    expect(result.attempts).to.deep.equal([]);
    expect(await calls.result(first.id)).to.include({ status: "in_progress" });
  });

  it("more than the trunk's calls a second: the INVITEs are paced", async () => {
    calls = await CallService.start({ HONNIN_TRUNK_MAX_CPS: "4" });
    const numbers = Array.from({ length: 5 }, () => calls.newNumber());
    for (const number of numbers) calls.carrier.reply(number, 486, "Busy Here");
    const registered = await Promise.all(numbers.map((number) => calls.register(number)));
    const results = await Promise.all(registered.map(({ id }) => calls.ended(id)));
    const starts = results.map((result) => Date.parse(String(result.attempts[0]?.started_at))).sort();
    // Four a second: five calls take at least a second from the first to the last.
    expect((starts[4] ?? 0) - (starts[0] ?? 0)).to.be.at.least(990);
  });
});
