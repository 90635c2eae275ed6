import { mock } from "node:test";
import { expect } from "chai";
import { AriTimeoutError } from "../../src/ari/errors.js";
import type { AriChannel } from "../../src/ari/messages.js";
import { Reconciliation } from "../../src/telephony/reconciliation.js";
import { capturedLog } from "../support/quiet-log.js";

interface Question {
  readonly answer: (...channelIds: string[]) => Promise<void>;
  readonly fail: () => Promise<void>;
}

/** An Asterisk that answers when the test says so, and who wants its answers. */
class Asterisk {
  up = true;
  readonly questions: Question[] = [];
  /** The round that was begun, and the channels that it was told of. */
  readonly settled: string[] = [];
  /** How often what is done with an answer fails. */
  failures = 0;
  #rounds = 0;
  readonly reconciliation = new Reconciliation(this, capturedLog().log, () => {
    const round = (this.#rounds += 1);
    return (channels) => {
      this.failures -= 1;
      if (this.failures >= 0) throw new Error("disk I/O error");
      this.settled.push(`${round}: ${channels.map(({ id }) => id).join(" ")}`);
    };
  });

  listChannels(): Promise<readonly AriChannel[]> {
    return new Promise((resolve, reject) => {
      this.questions.push({
        answer: (...ids) => {
          resolve(
            ids.map((id) => ({ id, name: `PJSIP/${id}`, state: "Up", caller: { name: "", number: "" } })),
          );
          return afterwards();
        },
        fail: () => {
          reject(new AriTimeoutError("GET", "channels", 5_000));
          return afterwards();
        },
      });
    });
  }
}

/** Resolves when everything that follows from what was just said has happened. */
function afterwards(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Longer than from a question without an answer to the next. */
const LATER_MS = 60_000;

describe("asking Asterisk which channels live", () => {
  let asterisk: Asterisk;
  const ask = (): void => {
    void asterisk.reconciliation.run();
  };

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    asterisk = new Asterisk();
  });

  afterEach(() => {
    mock.timers.reset();
  });

  it("is done once when it is answered", async () => {
    ask();
    await asterisk.questions[0]!.answer("a", "b");
    mock.timers.tick(LATER_MS);
    expect(asterisk.settled).to.deep.equal(["1: a b"]);
    expect(asterisk.questions).to.have.length(1);
  });

  it("is done again when there was no answer, until there is one", async () => {
    ask();
    for (const nth of [0, 1]) {
      await asterisk.questions[nth]!.fail();
      expect(asterisk.questions).to.have.length(nth + 1);
      mock.timers.tick(LATER_MS);
      expect(asterisk.questions).to.have.length(nth + 2);
    }
    await asterisk.questions[2]!.answer("a");
    mock.timers.tick(LATER_MS);
    expect(asterisk.settled).to.deep.equal(["3: a"]);
    expect(asterisk.questions).to.have.length(3);
  });

  it("is done again when nothing could be made of the answer", async () => {
    asterisk.failures = 1;
    ask();
    await asterisk.questions[0]!.answer("a");
    mock.timers.tick(LATER_MS);
    await asterisk.questions[1]!.answer("b");
    expect(asterisk.settled).to.deep.equal(["2: b"]);
  });

  it("waits for the link when that is gone", async () => {
    ask();
    asterisk.up = false;
    await asterisk.questions[0]!.fail();
    mock.timers.tick(LATER_MS);
    expect(asterisk.questions).to.have.length(1);
  });

  it("gives way to a newer round, whatever becomes of the older one and in whatever order", async () => {
    ask();
    ask();
    ask();
    await asterisk.questions[2]!.answer("new");
    await asterisk.questions[0]!.answer("old");
    await asterisk.questions[1]!.fail();
    mock.timers.tick(LATER_MS);
    expect(asterisk.settled).to.deep.equal(["3: new"]);
    expect(asterisk.questions).to.have.length(3);
  });

  it("is not done twice when a newer round comes before the repetition of an older one", async () => {
    ask();
    await asterisk.questions[0]!.fail();
    ask();
    mock.timers.tick(LATER_MS);
    expect(asterisk.questions).to.have.length(2);
  });

  it("ends when it is stopped: while an answer is awaited, and before it is repeated", async () => {
    ask();
    await asterisk.questions[0]!.fail();
    asterisk.reconciliation.stop();
    mock.timers.tick(LATER_MS);
    expect(asterisk.questions).to.have.length(1);
    ask();
    ask();
    asterisk.reconciliation.stop();
    await asterisk.questions[1]!.answer("a");
    await asterisk.questions[2]!.fail();
    mock.timers.tick(LATER_MS);
    expect(asterisk.settled).to.deep.equal([]);
    expect(asterisk.questions).to.have.length(3);
  });
});
