import { expect } from "chai";

import { KeyBeginnings } from "../../src/asterisk/key-beginnings.js";
import { isOfKeys } from "../../src/asterisk/key-line.js";

const CHANNEL = "PJSIP/trunk-0000002a";

function line(text: string, call = "[C-00000013]"): string {
  return `[2026-11-28 09:14:05.518] DTMF[24554]${call}: channel.c:4015 __ast_read: DTMF ${text}`;
}

/** `(5` begins, `)5` ends after 100 ms. */
function heard(...marks: readonly string[]): KeyBeginnings {
  const beginnings = new KeyBeginnings();
  hear(beginnings, ...marks);
  return beginnings;
}

function hear(beginnings: KeyBeginnings, ...marks: readonly string[]): void {
  for (const [what, digit] of marks) {
    const text = what === "(" ? "begin" : "end";
    const more = what === "(" ? "" : ", duration 100 ms";
    beginnings.hear(line(`${text} '${String(digit)}' received on ${CHANNEL}${more}`));
  }
}

describe("what Asterisk's log tells of the beginnings of keys", () => {
  const of = (beginnings: KeyBeginnings, digits: string): Promise<unknown[]> =>
    Promise.all(Array.from(digits, (digit) => beginnings.beginningOf(CHANNEL, digit, 100)));

  it("is told for each end that had one of its own", async () => {
    expect(await of(heard("(5", ")5", "(5", ")5", "(#", ")#"), "55#")).to.deep.equal([
      "told",
      "told",
      "told",
    ]);
  });

  it("is untold for an end that came again", async () => {
    expect(await of(heard("(5", ")5", ")5", "(5", ")5"), "555")).to.deep.equal(["told", "untold", "told"]);
  });

  it("was overtaken where another key is down, which begins anew after it", async () => {
    expect(await of(heard("(4", ")4", "(8", ")4", "(8", ")8"), "448")).to.deep.equal([
      "told",
      "overtaken",
      "told",
    ]);
  });

  it("is not known on a call that has told of no beginning so far", async () => {
    expect(await of(heard(")5", ")5"), "55")).to.deep.equal([undefined, undefined]);
  });

  it("is the same whether ARI is first or the log", async () => {
    const beginnings = new KeyBeginnings();
    const asked = of(beginnings, "55");
    hear(beginnings, "(5", ")5", ")5");
    expect(await asked).to.deep.equal(["told", "untold"]);
  });

  it("is found though the log has told of an end that ARI did not", async () => {
    expect(await of(heard("(4", ")4", "(5", ")5"), "5")).to.deep.equal(["told"]);
  });

  it("is no older than a moment", async () => {
    let now = 0;
    const beginnings = new KeyBeginnings(() => now, 1);
    hear(beginnings, "(5", ")5");
    now = 5_000;
    expect(await of(beginnings, "5")).to.deep.equal([undefined]);
  });

  it("keeps nobody waiting again where the log tells of no keys", async () => {
    const beginnings = new KeyBeginnings(undefined, 1);
    expect(await of(beginnings, "5")).to.deep.equal([undefined]);
    const turn = new Promise((resolve) => setImmediate(resolve, "the turn is over"));
    expect(await Promise.race([of(beginnings, "5"), turn])).to.deep.equal([undefined]);
    const asked = of(beginnings, "6");
    expect(await asked).to.deep.equal([undefined]);
    hear(beginnings, "(7", ")7");
    expect(await of(beginnings, "7")).to.deep.equal(["told"]);
  });

  it("is another call's on another channel, and another run's after a restart", async () => {
    const beginnings = heard("(5", ")5");
    expect(await beginnings.beginningOf("PJSIP/trunk-0000002b", "5", 100)).to.equal(undefined);
    beginnings.forget();
    hear(beginnings, ")5");
    expect(await of(beginnings, "5")).to.deep.equal([undefined]);
  });

  it("is in no line of another level, nor in what Asterisk made of a key", async () => {
    const beginnings = new KeyBeginnings();
    hear(beginnings, "(5");
    beginnings.hear(line(`begin ignored '6' on ${CHANNEL}`));
    beginnings.hear(line(`begin '6' received on ${CHANNEL}`).replace("DTMF[", "NOTICE["));
    beginnings.hear("Asterisk Ready.");
    hear(beginnings, ")5", ")6");
    expect(await of(beginnings, "56")).to.deep.equal(["told", "untold"]);
  });
});

describe("lines of keys", () => {
  it("are told from others by their level, with a call or without one", () => {
    expect(isOfKeys(line("begin '5' received on c"))).to.equal(true);
    expect(isOfKeys(line("begin ignored '5' on c", ""))).to.equal(true);
    expect(isOfKeys(line("begin '5' received on c").replace("DTMF[", "NOTICE["))).to.equal(false);
    expect(isOfKeys("Asterisk Ready.")).to.equal(false);
  });
});
