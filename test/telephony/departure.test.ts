import { expect } from "chai";
import { departure } from "../../src/telephony/departure.js";
import { Unanswered } from "../../src/telephony/unanswered.js";
import { LATE_MS, WAY_MS } from "../../src/turns.js";

const never = new AbortController().signal;
const now = (): number => performance.now();
const none = (): Promise<number> => Promise.reject(new Error("it had a turn"));

const NONE_OPEN = new Unanswered();

/** Nothing else happens for so long. */
function holdUp(ms: number): void {
  const end = now() + ms;
  while (now() < end);
}

describe("a call that waits for its turn by a trunk", () => {
  it("leaves when it has come, and not before", async () => {
    const turn = now() + 30;
    expect(await departure(turn, none, now, NONE_OPEN, never)).to.equal(true);
    expect(now()).to.be.at.least(turn);
  });

  it("takes one at once where none was reserved", async () => {
    const leads: number[] = [];
    const take = (leadMs: number): Promise<number> => {
      leads.push(leadMs);
      return Promise.resolve(now());
    };
    expect(await departure(null, take, now, NONE_OPEN, never)).to.equal(true);
    expect(leads).to.deep.equal([0]);
  });

  it("gives up a turn that it has missed, and takes another further ahead", async () => {
    const turns: number[] = [];
    const take = (leadMs: number): Promise<number> => {
      expect(leadMs).to.be.at.least(2 * LATE_MS);
      turns.push(now() + leadMs);
      return Promise.resolve(now() + leadMs);
    };
    const left = departure(now() + 5, take, now, NONE_OPEN, never);
    setImmediate(() => {
      holdUp(5 + LATE_MS + 20);
    });
    expect(await left).to.equal(true);
    expect(turns.length).to.be.at.least(1);
    expect(now()).to.be.at.least(turns.at(-1) ?? Infinity);
  });

  it("does not leave while one before it may still leave, and has another turn then", async () => {
    const unanswered = new Unanswered();
    let answer = (): void => undefined;
    let late = 0;
    unanswered.follow(new Promise<void>((resolve) => (answer = resolve)), () => (late += 1));
    expect(unanswered.overdue, "it may well answer in time").to.equal(null);
    let answered = Infinity;
    setTimeout(
      () => {
        answered = now();
        answer();
      },
      2 * WAY_MS + LATE_MS,
    );
    const turns: number[] = [];
    const take = (leadMs: number): Promise<number> => {
      turns.push(now());
      return Promise.resolve(now() + leadMs);
    };
    expect(await departure(now() + WAY_MS + 5, take, now, unanswered, never)).to.equal(true);
    expect(turns.length).to.equal(1);
    expect(turns[0]).to.be.at.least(answered);
    expect([late, unanswered.overdue]).to.deep.equal([1, null]);
  });

  it("leaves no more when it is abandoned", async () => {
    const abandoned = new AbortController();
    const left = departure(now() + 3_600_000, none, now, NONE_OPEN, abandoned.signal);
    setImmediate(() => {
      abandoned.abort();
    });
    expect(await left).to.equal(false);
  });

  it("is told of what stands in the way of a turn", async () => {
    const error = await departure(now() - 1_000, none, now, NONE_OPEN, never).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(Error).with.property("message", "it had a turn");
  });
});
