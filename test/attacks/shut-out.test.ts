import { expect } from "chai";
import { CODE } from "../support/verification-rows.js";
import { figure } from "./figures.js";
import { ForgedCalls } from "./forged-calls.js";

const SECOND = 1000;
const START = 1_000_000_000;

describe("forged callers who key wrong codes", () => {
  let calls: ForgedCalls;

  beforeEach(async () => {
    calls = await ForgedCalls.open();
    // Ten calls of three wrong entries, in 143 seconds.
    for (let nth = 0; nth < 10; nth += 1) {
      const now = START + nth * 14 * SECOND;
      await calls.registers(now);
      await calls.guesses(now);
    }
  });
  afterEach(() => calls.close());

  const now = START + 143 * SECOND;

  it("do not keep the person from being called and verified", async () => {
    const registration = await calls.registers(now, { direction: "outbound" });
    figure("registering outbound after 30 wrong entries of forged callers", registration.kind);
    if (registration.kind !== "created") throw new Error(registration.kind);
    const { seq } = registration.stored.verification;
    expect(await calls.called(seq, CODE, now)).to.deep.equal({ kind: "verified" });
  });

  it("do not keep out a call whose number the network has proved", async () => {
    await calls.registers(now);
    const call = await calls.comes("proved", now);
    expect(call).to.include({ turnedAway: null });
    if (call === undefined) return;
    expect(await calls.keys(call, CODE, now)).to.deep.equal({ kind: "verified" });
  });

  it("do not keep from a call back whoever calls without proof", async () => {
    await calls.registers(now);
    const call = await calls.comes("forged", now);
    expect(call).to.include({ turnedAway: "call_back" });
    if (call === undefined) return;
    await calls.hangsUp(call, now);
    expect(await calls.called(call.verification.seq, CODE, now)).to.deep.equal({ kind: "verified" });
  });

  it("cannot prolong their pause by calling on", async () => {
    // Wrong at 0 s and at 70 s, so they are paused for one minute and then for two.
    for (let at = now; at < START + 190 * SECOND; at += SECOND) expect(await calls.guesses(at)).to.equal(0);
    await calls.registers(START + 190 * SECOND);
    expect(await calls.guesses(START + 190 * SECOND), "the pause is over").to.equal(3);
  });

  it("cannot make a telephone ring more than three times a day, if nobody there wants it", async () => {
    let rung = 0;
    for (let minute = 3; minute < 24 * 60; minute += 5) {
      const at = START + minute * 60 * SECOND;
      await calls.registers(at);
      const call = await calls.comes("forged", at);
      if (call === undefined) continue;
      if (call.turnedAway === null) await calls.keysThreeWrong(call, at);
      await calls.hangsUp(call, at);
      if (call.turnedAway === "call_back" && (await calls.called(call.verification.seq, "", at))) rung += 1;
    }
    figure("calls back that forged callers cause in a day, by default", rung);
    expect(rung).to.equal(3);
  });

  it("do not occupy a verification: a proved call takes it from a forged one that is on the line", async () => {
    // All that was registered before has expired.
    const later = START + 1000 * SECOND;
    await calls.registers(later);
    const forged = await calls.comes("forged", later);
    const own = await calls.comes("proved", later);
    if (forged === undefined || own === undefined) throw new Error("nothing waits for the call");
    expect(own.verification.seq).to.equal(forged.verification.seq);
    expect(own).to.include({ turnedAway: null });
    expect(await calls.keysThreeWrong(forged, later), "no longer heard").to.equal(0);
    await calls.hangsUp(forged, later);
    expect(await calls.keys(own, CODE, later)).to.deep.equal({ kind: "verified" });
  });
});
