import { expect } from "chai";
import { listEventsAfter } from "../../src/store/events.js";
import { CODE } from "../support/verification-rows.js";
import { figure } from "./figures.js";
import { type Call, ForgedCalls, PIN, WRONG } from "./forged-calls.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;
const START = 10 * DAY;

describe("guessing the PIN of an enrollment by forged calls", () => {
  let calls: ForgedCalls;

  beforeEach(async () => {
    calls = await ForgedCalls.open();
    await calls.enrolled("a", "member", PIN);
  });
  afterEach(() => calls.close());

  const told = async (): Promise<string[]> =>
    (await listEventsAfter(calls.store.read, calls.store.vault, "a", 0, 10_000)).map(({ type }) => type);

  /** Nine calls that are all in conversation before the first of them keys anything. */
  async function nineAtOnce(now: number): Promise<number> {
    const came: Call[] = [];
    for (let nth = 0; nth < 9; nth += 1) {
      const call = await calls.comes("forged", now);
      if (call?.turnedAway === null) came.push(call);
    }
    let compared = 0;
    for (const call of came) compared += await calls.keysThreeWrong(call, now);
    for (const call of came) await calls.hangsUp(call, now);
    return compared;
  }

  it("has three PINs compared of 81 keyed within a minute, and a code that was shown clears nothing", async () => {
    let compared = 0;
    for (const at of [0, 18 * SECOND, 36 * SECOND]) {
      compared += await nineAtOnce(START + at);
      await calls.keysACodeThatItWasShown(START + at + 10 * SECOND);
    }
    figure("wrong PINs compared of 81 keyed by nine forged calls at once, three times in a minute", compared);
    expect(compared).to.equal(3);
  });

  it("waits longer each time, though a code that it was shown is right in between", async () => {
    const heard: number[] = [];
    for (let minute = 0; minute < 16; minute += 1) {
      const now = START + minute * MINUTE;
      await calls.keysACodeThatItWasShown(now);
      if ((await calls.guesses(now + SECOND)) > 0) heard.push(minute);
    }
    // Pauses of 1, 2, 4 and 8 minutes.
    expect(heard).to.deep.equal([0, 1, 3, 7, 15]);
  });

  it("ends for good at 50 wrong PINs, whatever the thief's patience", async () => {
    let compared = 0;
    let firstDay = 0;
    for (let now = START; now < START + 6 * DAY; now += 16 * MINUTE) {
      compared += await calls.guesses(now);
      if (now < START + DAY) firstDay = compared;
    }
    figure("wrong PINs compared in the first day of a patient forged caller", firstDay);
    figure("wrong PINs compared in the life of a PIN, forged callers", compared);
    expect(compared).to.equal(50);
    expect((await told()).filter((type) => type === "enrollment.pin_locked")).to.have.length(1);
  });

  it("leaves the member's own calls and calls back, and those clear nothing of it", async () => {
    for (let now = START; now < START + 5 * DAY; now += 16 * MINUTE) await calls.guesses(now);
    const now = START + 6 * DAY;
    const own = await calls.comes("proved", now);
    if (own === undefined) throw new Error("the number is enrolled");
    expect(own).to.include({ turnedAway: null });
    expect(await calls.keys(own, PIN, now)).to.deep.equal({ kind: "verified" });
    expect(await calls.guesses(now)).to.equal(0);
    const forged = await calls.comes("forged", now);
    expect(forged).to.include({ turnedAway: "call_back" });
    if (forged !== undefined) await calls.hangsUp(forged, now);
    expect(await calls.called(forged?.verification.seq ?? 0, PIN, now)).to.deep.equal({ kind: "verified" });
    expect(await calls.guesses(now)).to.equal(0);
  });

  it("from the telephone itself: 50 wrong in a row are the end for all, a right one begins anew", async () => {
    const keysTwoWrong = async (last: string): Promise<void> => {
      const call = await calls.comes("proved", START);
      if (call === undefined) throw new Error("the number is enrolled");
      for (const digits of [WRONG, WRONG, last]) await calls.keys(call, digits, START);
      await calls.hangsUp(call, START);
    };
    for (let nth = 0; nth < 24; nth += 1) await keysTwoWrong(PIN);
    expect(await calls.enrollment("member")).to.include({ wrong_pins_proved: 0 });
    for (let nth = 0; nth < 17; nth += 1) await keysTwoWrong(WRONG);
    expect(await calls.enrollment("member")).to.include({ wrong_pins_proved: 50 });
    expect((await told()).filter((type) => type === "enrollment.pin_locked")).to.have.length(1);
    for (const caller of ["proved", "forged"] as const) {
      const call = await calls.comes(caller, START + 400 * DAY);
      expect(call?.verification).to.include({ status: "failed", reason: "wrong_code" });
    }
  });

  it("does not lock the number: codes and PINs have counts of their own", async () => {
    for (let nth = 0; nth < 9; nth += 1) await calls.guesses(START + nth * MINUTE);
    const registration = await calls.registers(START + 9 * MINUTE, { direction: "outbound" });
    if (registration.kind !== "created") throw new Error(registration.kind);
    const { seq } = registration.stored.verification;
    expect(await calls.called(seq, CODE, START + 9 * MINUTE)).to.deep.equal({ kind: "verified" });
  });
});
