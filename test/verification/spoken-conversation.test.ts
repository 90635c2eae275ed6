import { expect } from "chai";
import fc from "fast-check";
import type { Input, Key } from "../../src/verification/dialogue.js";
import { callBackOf } from "../../src/verification/call-back.js";
import { spell } from "../../src/verification/spelling.js";
import type { Gate } from "../../src/verification/gate.js";
import type { VerificationStatus } from "../../src/verification/status.js";
import { answered, atGate, naming, READING, SECRET, type SpokenTalk } from "./spoken-talk.js";

const reading = (): SpokenTalk => atGate().keys("7").give({ type: "revealed", secret: SECRET });
const offered = (): SpokenTalk => reading().heard().heard();

describe("the gate before a spoken code", () => {
  it("greets, asks for a key, and names it", () => {
    const talk = answered();
    expect(talk.said).to.equal("silence-start company-name spoken-greeting human-gate");
    expect(talk.heard().said).to.equal("digit-7");
    expect(talk.heard().effects).to.deep.equal([{ do: "wait", ms: 8000 }]);
  });

  it("asks for the code at the right key, and says nothing before it is durable that it is read", () => {
    const talk = atGate().keys("7");
    expect(talk.did).to.deep.equal(["stop_waiting", "reveal"]);
    expect(talk.keys("71*#").heard().effects).to.deep.equal([]);
  });

  it("takes the key while the digit is being named, and falls silent", () => {
    expect(naming().keys("7").did).to.deep.equal(["hush", "stop_waiting", "reveal"]);
  });

  it("takes no key before the digit was named: it can only be a guess", () => {
    const talk = answered().keys("123456789*#");
    expect(talk.effects).to.deep.equal([]);
    expect(talk.heard().said).to.equal("digit-7");
  });

  for (const [what, answer] of [
    ["silence", (talk: SpokenTalk): SpokenTalk => talk.silence()],
    ["a wrong key", (talk: SpokenTalk): SpokenTalk => talk.keys("3")],
    ["a star", (talk: SpokenTalk): SpokenTalk => talk.keys("*")],
    ["a # alone", (talk: SpokenTalk): SpokenTalk => talk.keys("#")],
  ] as const) {
    it(`asks again twice after ${what}, then rules it no input`, () => {
      const talk = atGate();
      for (const again of [1, 2]) {
        expect(answer(talk).said, `asked again ${again}`).to.equal("human-gate");
        expect(talk.heard().said).to.equal("digit-7");
        talk.heard();
      }
      answer(talk);
      expect(talk.ruled).to.deep.equal({ do: "rule", entry: { kind: "no_input" } });
      expect(talk.give({ type: "ruled", ruling: { kind: "failed", reason: "no_input" } }).said).to.equal(
        "no-input-final goodbye",
      );
      expect(talk.heard().did).to.deep.equal(["hang_up"]);
    });
  }

  it("counts a burst of keys as one answer: a machine that plays all digits gets no more tries", () => {
    const talk = atGate().keys("123456789");
    expect(talk.state).to.include({ phase: "gate", askedAgain: 1 });
  });

  it("lets the right key through after it has asked again", () => {
    expect(atGate().keys("3").heard().keys("7").did).to.include("reveal");
  });

  it("takes 0# for a report that the call was not asked for, at any moment before the key", () => {
    for (const talk of [answered(), naming(), atGate(), atGate().silence()]) {
      expect(talk.keys("0#").ruled).to.deep.equal({ do: "rule", entry: { kind: "fraud_report" } });
      const ruling = { kind: "failed", reason: "fraud_reported" } as const;
      expect(talk.give({ type: "ruled", ruling }).said).to.equal("fraud-reported goodbye");
    }
  });

  it("does not make a report of a # that follows later, and forgives a 0 before the right key", () => {
    expect(atGate().keys("03").heard().heard().keys("#").ruled).to.equal(undefined);
    expect(atGate().keys("07").did).to.include("reveal");
    expect(atGate().keys("0").effects).to.deep.equal([{ do: "wait", ms: 8000 }]);
  });
});

describe("reading a code aloud", () => {
  it("reads it twice and offers to repeat it", () => {
    const talk = reading();
    expect(talk.said).to.equal(`spoken-intro pause-short ${READING}`);
    expect(talk.heard().said).to.equal(`pause-group spoken-again pause-short ${READING}`);
    expect(talk.heard().said).to.equal("pause-group spoken-repeat-offer");
    expect(talk.heard().effects).to.deep.equal([{ do: "wait", ms: 8000 }]);
    expect(talk.silence().said).to.equal("spoken-done goodbye");
    expect(talk.heard().did).to.deep.equal(["hang_up"]);
  });

  it("is not disturbed by keys", () => {
    expect(reading().keys("1234567890*#").effects).to.deep.equal([]);
    expect(reading().heard().keys("1234567890*#").effects).to.deep.equal([]);
    expect(offered().keys("234567890*#").effects).to.deep.equal([]);
  });

  it("repeats at key 1 three times, into the offer or after it, then says goodbye", () => {
    const talk = offered();
    for (const repeat of [1, 2, 3]) {
      if (repeat === 2) talk.heard();
      expect(talk.keys("1").said, `repeat ${repeat}`).to.equal(
        `pause-group spoken-again pause-short ${READING}`,
      );
      talk.heard();
    }
    expect(talk.said).to.equal("pause-group spoken-done goodbye");
    expect(talk.keys("1").effects).to.deep.equal([]);
  });

  const ended = (status: VerificationStatus | "unavailable"): Input => ({ type: "ended", status });

  it("stops and says goodbye when the code was typed right meanwhile", () => {
    expect(reading().give(ended("verified")).said).to.equal("goodbye");
    expect(offered().heard().give(ended("verified")).did).to.deep.equal(["stop_waiting", "say"]);
  });

  it("says so when the last try on the page was wrong, and when the time is over", () => {
    expect(reading().give(ended("failed")).said).to.equal("failed goodbye");
    expect(reading().give(ended("expired")).said).to.equal("expired goodbye");
    expect(atGate().give(ended("expired")).said).to.equal("expired goodbye");
    expect(atGate().keys("7").give(ended("expired")).said).to.equal("expired goodbye");
  });

  it("hangs up when it was canceled", () => {
    expect(reading().give(ended("canceled")).did).to.deep.equal(["hang_up"]);
  });

  it("apologises when the code is not to be had", () => {
    expect(atGate().keys("7").give(ended("unavailable")).said).to.equal("service-trouble goodbye");
  });

  it("speaks on undisturbed once it is closing", () => {
    const talk = offered().heard().silence().give(ended("verified"));
    expect(talk.effects).to.deep.equal([]);
    expect(talk.heard().did).to.deep.equal(["hang_up"]);
  });
});

describe("a call that proves its number by the gate", () => {
  const gateOf = (enrolled: boolean): Gate => {
    const back = callBackOf("caller_id", enrolled);
    if (back?.asksFor !== "key") throw new Error("no gate");
    return back.gate;
  };
  const gate = gateOf(false);
  const confirmed = (): SpokenTalk => atGate(gate).keys("7");

  it("says who calls and why, asks for a key, and names it", () => {
    const talk = answered(gate);
    expect(talk.said).to.equal("silence-start company-name call-back-greeting confirm-gate");
    expect(talk.heard().said).to.equal("digit-7");
  });

  it("rules at the right key that the number is proved", () => {
    expect(confirmed().effects).to.deep.equal([
      { do: "stop_waiting" },
      { do: "rule", entry: { kind: "caller_number" } },
    ]);
  });

  it("says what was ruled", () => {
    const said = (ruling: Extract<Input, { type: "ruled" }>["ruling"]): string =>
      confirmed().give({ type: "ruled", ruling }).said;
    expect(said({ kind: "verified" })).to.equal("caller-verified goodbye");
    expect(said({ kind: "failed", reason: "wrong_code" })).to.equal("failed goodbye");
    expect(said({ kind: "wrong", triesLeft: 1 })).to.equal("failed goodbye");
    expect(said({ kind: "closed", status: "expired" })).to.equal("expired goodbye");
  });

  it("sends nobody back to a screen whose number is enrolled", () => {
    const talk = atGate(gateOf(true)).keys("7");
    expect(talk.give({ type: "ruled", ruling: { kind: "verified" } }).said).to.equal(
      "enrolled-verified goodbye",
    );
  });

  it("takes 0# for a report that nobody here has called", () => {
    expect(answered(gate).keys("0#").ruled).to.deep.equal({ do: "rule", entry: { kind: "fraud_report" } });
  });

  it("asks again twice, then hangs up with nothing decided: a voicemail fails nobody", () => {
    const talk = atGate(gate);
    for (const answer of ["3", "*"]) {
      expect(talk.keys(answer).said).to.equal("confirm-gate");
      expect(talk.heard().said).to.equal("digit-7");
      talk.heard();
    }
    talk.silence();
    expect(talk.ruled).to.equal(undefined);
    expect(talk.said).to.equal("no-input-final goodbye");
    expect(talk.keys("7").effects, "too late").to.deep.equal([]);
    expect(talk.heard().did).to.deep.equal(["hang_up"]);
  });

  it("has nothing to read and nothing to say of a wrong key that silence would not", () => {
    expect(atGate(gate).keys("3").said).to.equal(atGate(gate).silence().said);
  });
});

describe("whatever happens on a call with a spoken code", () => {
  const key = fc.constantFrom<Key[]>("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#");
  const happening = fc.oneof(
    { weight: 6, arbitrary: key.map((pressed): Input => ({ type: "key", key: pressed })) },
    { weight: 6, arbitrary: fc.constant<Input>({ type: "said" }) },
    { weight: 2, arbitrary: fc.constant<Input>({ type: "waited" }) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom<VerificationStatus[]>("verified", "failed", "expired", "canceled")
        .map((status): Input => ({ type: "ended", status })),
    },
  );
  const SPELLED = spell(SECRET).filter((piece) => !piece.startsWith("pause-"));

  /** Plays inputs as the runner would: none that cannot come, and the code only when it is asked for. */
  function play(inputs: readonly Input[], each: (talk: SpokenTalk, input: Input) => void): void {
    const talk = answered();
    const timer = { runs: false };
    for (const input of inputs) {
      if (input.type === "said" && !talk.state.speaking) continue;
      if (input.type === "waited" && !timer.runs) continue;
      if (input.type === "waited") timer.runs = false;
      const follow = (given: Input): void => {
        talk.give(given);
        for (const effect of talk.effects) {
          if (effect.do === "wait") timer.runs = true;
          if (effect.do === "stop_waiting" || effect.do === "say") timer.runs = false;
        }
        each(talk, given);
        if (talk.did.includes("reveal")) follow({ type: "revealed", secret: SECRET });
      };
      follow(input);
      const waits = talk.state.speaking || timer.runs || talk.state.phase === "ruling";
      if (!waits) expect(talk.did, "nothing to wait for").to.include("hang_up");
      if (talk.did.includes("hang_up")) return;
    }
  }

  it("no piece of the code is said before the gate's digit was named and then pressed", () => {
    let opened = 0;
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (inputs) => {
        let named = false;
        let open = false;
        play(inputs, (talk, input) => {
          if (input.type === "key" && input.key === "7" && named) open = true;
          for (const piece of talk.said.split(" ")) {
            // The one digit that is said at the gate is the gate's own.
            if (piece === "digit-7") named = true;
            else if (/^(digit|letter)-/.test(piece)) {
              expect(open, `said ${piece}`).to.equal(true);
              expect(SPELLED).to.include(piece);
              opened += 1;
            }
          }
        });
      }),
      { numRuns: 2000 },
    );
    expect(opened, "the property has seen codes being read").to.be.greaterThan(0);
  });

  it("there is always something to wait for until the hang-up", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 200 }), (inputs) => {
        play(inputs, () => undefined);
      }),
      { numRuns: 1000 },
    );
  });

  it("the code is read five times at most", () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 200 }), (inputs) => {
        let readings = 0;
        play(inputs, (talk) => {
          if (talk.said.includes(READING)) readings += 1;
        });
        expect(readings).to.be.at.most(5);
      }),
    );
  });
});
