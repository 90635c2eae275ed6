import { expect } from "chai";
import { poll } from "../phones/waiting.js";
import { holdDatabase } from "../support/test-database.js";
import { CallService } from "./call-service.js";

const CODE = "271828";

describe("a database that refuses to commit for a while", function () {
  this.timeout(240_000);
  let calls: CallService;
  let release: (() => Promise<void>) | undefined;

  /** Another program holds the write lock, for longer than a commit waits. */
  const refuse = async (): Promise<void> => {
    release = await holdDatabase(calls.dataDir);
  };
  const takeAgain = async (): Promise<void> => {
    await release?.();
    release = undefined;
  };
  const logged = (text: string): Promise<void> =>
    poll(() => Promise.resolve(calls.logged.includes(text)), 60_000, `a line of the log: ${text}`);

  before(async () => {
    calls = await CallService.start({ HONNIN_TRUNK_MAX_CALLS: "1" });
  });
  after(async () => {
    await takeAgain();
    await calls.stop();
  });

  it("loses neither the end of a call nor the call that is due after it", async () => {
    const { phone, number } = await calls.phone("answers");
    const { number: next } = await calls.phone("busy-486");
    const first = await calls.register(number, { code: CODE });
    await phone.answered();
    await phone.heard.speech();
    const second = await calls.register(next, { code: CODE });
    await refuse();
    await phone.hangUp();
    await logged("the end of the call could not be stored");
    await logged("a call could not be begun");
    await takeAgain();
    // Long before the deadlines, which are five minutes away.
    await poll(
      async () => {
        const results = [await calls.result(first.id), await calls.result(second.id)];
        return results.every(({ status }) => status === "failed");
      },
      60_000,
      "the ends of both",
    );
    expect(await calls.result(first.id)).to.include({ status: "failed", reason: "hung_up" });
    const ended = (await calls.result(first.id)).attempts[0];
    expect(ended).to.include({ outcome: "answered" });
    expect(ended?.answered_at).to.be.a("string");
    expect(ended?.ended_at).to.be.a("string");
    expect(await calls.result(second.id)).to.include({ status: "failed", reason: "busy" });
  });
});
