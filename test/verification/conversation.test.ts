import { expect } from "chai";
import fc from "fast-check";
import type { Effect, Input, Key } from "../../src/verification/dialogue.js";
import {
  BEFORE_ANSWER,
  type KeypadConversation,
  type KeypadRules,
  step,
} from "../../src/verification/keypad-conversation.js";
import { callBackOf } from "../../src/verification/call-back.js";
import type { Ruling } from "../../src/verification/ruling.js";
import { INBOUND_SCRIPT, OUTBOUND_SCRIPT } from "../../src/verification/script.js";

const RULES: KeypadRules = {
  codeLength: 6,
  firstKeyMs: 8000,
  nextKeyMs: 5000,
  silencesForgiven: 2,
  script: OUTBOUND_SCRIPT,
};
const WRONG: Ruling = { kind: "wrong", triesLeft: 2 };

/** A conversation that is played through by hand; `effects` are those of the last input. */
class Talk {
  readonly rules: KeypadRules;
  state: KeypadConversation = BEFORE_ANSWER;
  effects: readonly Effect[] = [];

  constructor(rules = RULES) {
    this.rules = rules;
  }

  give(...inputs: Input[]): this {
    for (const input of inputs) {
      const { next, effects } = step(this.state, input, this.rules);
      this.state = next;
      this.effects = effects;
    }
    return this;
  }

  keys(keys: string): this {
    return this.give(...[...keys].map((key): Input => ({ type: "key", key: key as Key })));
  }

  get said(): string {
    return this.effects.flatMap((effect) => (effect.do === "say" ? effect.pieces : [])).join(" ");
  }

  get ruled(): unknown {
    return this.effects.find((effect) => effect.do === "rule");
  }
}

const answered = (): Talk => new Talk().give({ type: "answered" });
const calledBack = (enrolled: boolean): Talk => {
  const back = callBackOf("keypad", enrolled);
  if (back?.asksFor !== "code") throw new Error("no script");
  return new Talk({ ...RULES, script: back.script }).give({ type: "answered" });
};
const asked = (): Talk => answered().give({ type: "said" });

describe("the keypad conversation", () => {
  it("greets after a short silence and asks for the code", () => {
    expect(answered().said).to.equal("silence-start company-name greeting ask-code");
  });

  it("waits 8 s for the first key once the prompt was heard, then 5 s for each further one", () => {
    expect(asked().effects).to.deep.equal([{ do: "wait", ms: 8000 }]);
    expect(asked().keys("1").effects).to.deep.equal([{ do: "wait", ms: 5000 }]);
  });

  it("falls silent at the first key pressed during a prompt, and counts that key", () => {
    const talk = answered().keys("1");
    expect(talk.effects[0]).to.deep.equal({ do: "hush" });
    expect(talk.keys("23456").ruled).to.deep.equal({ do: "rule", entry: { kind: "code", digits: "123456" } });
  });

  it("ends an entry at the code's length", () => {
    expect(asked().keys("123456").ruled).to.deep.equal({
      do: "rule",
      entry: { kind: "code", digits: "123456" },
    });
  });

  it("ends an entry at #, however short", () => {
    expect(asked().keys("12#").ruled).to.deep.equal({ do: "rule", entry: { kind: "code", digits: "12" } });
  });

  const twice: Input = { type: "key", key: "2", doubtful: true };

  for (const [what, entry] of [
    ["of which one key may be told twice", (talk: Talk): Talk => talk.keys("12").give(twice).keys("345")],
    ["that ends at # and lacks one key, which may be lost", (talk: Talk): Talk => talk.keys("12345#")],
  ] as const) {
    it(`asks again for an entry ${what}, as after silence, and does not rule on it`, () => {
      const talk = asked();
      for (const nth of ["first", "second"]) {
        entry(talk);
        expect(talk.ruled, nth).to.equal(undefined);
        expect(talk.said, nth).to.equal("no-input ask-code-again");
      }
      expect(entry(talk).ruled, "a third time").to.have.nested.property("entry.kind", "code");
    });

    it(`rules on the next entry after one ${what}`, () => {
      expect(entry(asked()).keys("123456").ruled).to.deep.equal({
        do: "rule",
        entry: { kind: "code", digits: "123456" },
      });
    });
  }

  it("forgets at * that a key may have been told twice", () => {
    expect(asked().keys("12").give(twice).keys("*123456").ruled).to.have.nested.property(
      "entry.digits",
      "123456",
    );
  });

  it("forgets what was keyed at *", () => {
    expect(asked().keys("999*123456").ruled).to.deep.equal({
      do: "rule",
      entry: { kind: "code", digits: "123456" },
    });
  });

  it("takes 0# for a report that the call was not asked for", () => {
    expect(asked().keys("0#").ruled).to.deep.equal({ do: "rule", entry: { kind: "fraud_report" } });
  });

  it("takes a longer entry that begins with 0 for a code", () => {
    expect(asked().keys("01#").ruled).to.deep.equal({ do: "rule", entry: { kind: "code", digits: "01" } });
  });

  it("says so after a wrong code, tells the tries left and asks again", () => {
    const talk = asked().keys("123456").give({ type: "ruled", ruling: WRONG });
    expect(talk.said).to.equal("wrong-code tries-left-2 ask-code-again");
  });

  it("does not take the # after a whole code for a key of the next entry", () => {
    const talk = asked().keys("123456").give({ type: "ruled", ruling: WRONG }).keys("#");
    expect(talk.effects).to.deep.equal([]);
    expect(talk.keys("654321").ruled).to.deep.equal({
      do: "rule",
      entry: { kind: "code", digits: "654321" },
    });
  });

  it("keeps keys that come while the code is ruled on", () => {
    const talk = asked().keys("123456").keys("65").give({ type: "ruled", ruling: WRONG });
    expect(talk.keys("4321").ruled).to.deep.equal({ do: "rule", entry: { kind: "code", digits: "654321" } });
  });

  it("asks again twice when no key comes, then rules it no input", () => {
    const talk = asked().give({ type: "waited" });
    expect(talk.said).to.equal("no-input ask-code-again");
    talk.give({ type: "said" }, { type: "waited" }, { type: "said" }, { type: "waited" });
    expect(talk.ruled).to.deep.equal({ do: "rule", entry: { kind: "no_input" } });
  });

  it("drops half a code after silence and asks again, without ruling on it", () => {
    const talk = asked().keys("123").give({ type: "waited" });
    expect(talk.ruled).to.equal(undefined);
    expect(talk.keys("456789").ruled).to.deep.equal({
      do: "rule",
      entry: { kind: "code", digits: "456789" },
    });
  });

  it("greets a caller as one who called, and takes 0# for a code like any other", () => {
    const talk = new Talk({ ...RULES, script: INBOUND_SCRIPT }).give({ type: "answered" });
    expect(talk.said).to.equal("silence-start company-name inbound-greeting ask-code-inbound");
    expect(talk.keys("0#").ruled).to.deep.equal({ do: "rule", entry: { kind: "code", digits: "0" } });
  });

  it("on a call back: asks as any call of ours does, or for the PIN of an enrolled number", () => {
    const code = calledBack(false);
    expect(code.said).to.equal("silence-start company-name greeting ask-code");
    const pin = calledBack(true);
    expect(pin.said).to.equal("silence-start company-name call-back-greeting ask-pin");
    pin.keys("123456").give({ type: "ruled", ruling: WRONG });
    expect(pin.said).to.equal("wrong-code tries-left-2 ask-pin");
    pin.keys("654321").give({ type: "ruled", ruling: { kind: "verified" } });
    expect(pin.said).to.equal("enrolled-verified goodbye");
  });

  for (const enrolled of [false, true]) {
    const what = enrolled ? "PIN" : "code";
    it(`on a call back for a ${what}: takes 0# for a report, and rules on every entry`, () => {
      const ruled = (keys: string): unknown => calledBack(enrolled).keys(keys).ruled;
      expect(ruled("0#")).to.deep.equal({ do: "rule", entry: { kind: "fraud_report" } });
      expect(ruled("12#")).to.deep.equal({ do: "rule", entry: { kind: "code", digits: "12" } });
    });

    it(`on a call back for a ${what}: silence to the end decides nothing, a voicemail may have taken it`, () => {
      const talk = calledBack(enrolled);
      for (let silence = 0; silence < 3; silence++) {
        talk.give({ type: "said" }, { type: "waited" });
        expect(talk.ruled).to.equal(undefined);
      }
      expect(talk.said).to.equal("no-input-final goodbye");
      expect(talk.give({ type: "said" }).effects).to.deep.equal([{ do: "hang_up" }]);
    });
  }

  it("says nothing of a result before it is ruled", () => {
    expect(asked().keys("123456").said).to.equal("");
  });

  for (const [ruling, guidance] of [
    [{ kind: "verified" }, "verified goodbye"],
    [{ kind: "failed", reason: "wrong_code" }, "failed goodbye"],
    [{ kind: "failed", reason: "no_input" }, "no-input-final goodbye"],
    [{ kind: "failed", reason: "fraud_reported" }, "fraud-reported goodbye"],
    [{ kind: "barred" }, "service-trouble goodbye"],
    [{ kind: "closed", status: "expired" }, "expired goodbye"],
  ] as const satisfies readonly (readonly [Ruling, string])[]) {
    it(`says "${guidance}" and hangs up after the ruling ${JSON.stringify(ruling)}`, () => {
      const talk = asked().keys("123456").give({ type: "ruled", ruling });
      expect(talk.said).to.equal(guidance);
      expect(talk.give({ type: "said" }).effects).to.deep.equal([{ do: "hang_up" }]);
    });
  }

  it("tells of the deadline when it passes during the conversation", () => {
    expect(asked().give({ type: "ended", status: "expired" }).said).to.equal("expired goodbye");
  });

  it("hangs up at once when the verification is canceled", () => {
    expect(asked().give({ type: "ended", status: "canceled" }).effects).to.deep.equal([{ do: "hang_up" }]);
  });

  it("apologises when a code cannot be ruled on", () => {
    const talk = asked().keys("123456").give({ type: "ended", status: "unavailable" });
    expect(talk.said).to.equal("service-trouble goodbye");
  });

  it("lets a decided conversation end undisturbed", () => {
    const talk = asked()
      .keys("123456")
      .give({ type: "ruled", ruling: { kind: "verified" } });
    expect(talk.give({ type: "ended", status: "verified" }).effects).to.deep.equal([]);
    expect(talk.keys("1").effects).to.deep.equal([]);
  });
});

const anyKey = fc.constantFrom(...([..."0123456789*#"] as Key[]));
const anyRuling = fc.constantFrom<Ruling[]>(
  { kind: "verified" },
  WRONG,
  { kind: "failed", reason: "wrong_code" },
  { kind: "closed", status: "canceled" },
);
const anyInput: fc.Arbitrary<Input> = fc.oneof(
  { weight: 6, arbitrary: anyKey.map((key): Input => ({ type: "key", key })) },
  { weight: 2, arbitrary: fc.constant<Input>({ type: "said" }) },
  { weight: 1, arbitrary: fc.constant<Input>({ type: "waited" }) },
  { weight: 2, arbitrary: anyRuling.map((ruling): Input => ({ type: "ruled", ruling })) },
);

describe("the keypad conversation, whatever happens", () => {
  it("rules only entries of 1 to N digits, one at a time, and never after its end", () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 120 }), (inputs) => {
        const talk = answered();
        for (const input of inputs) {
          const before = talk.state.phase;
          talk.give(input);
          for (const effect of talk.effects) {
            if (effect.do !== "rule") continue;
            expect(before).to.not.equal("closing");
            if (effect.entry.kind === "code") expect(effect.entry.digits).to.match(/^\d{1,6}$/);
          }
          expect(talk.effects.filter((effect) => effect.do === "rule").length).to.be.at.most(1);
        }
      }),
    );
  });

  it("always has something to wait for: a prompt, a timer, a ruling or the hang-up", () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 120 }), (inputs) => {
        const talk = answered();
        let timer = false;
        let hungUp = false;
        for (const input of inputs) {
          // What the runner would never give: an end of speech while nothing is said.
          if (input.type === "said" && !talk.state.speaking) continue;
          if (input.type === "waited" && !timer) continue;
          if (input.type === "waited") timer = false;
          talk.give(input);
          for (const effect of talk.effects) {
            if (effect.do === "wait") timer = true;
            if (effect.do === "stop_waiting" || effect.do === "say") timer = false;
            if (effect.do === "hang_up") hungUp = true;
          }
          expect(talk.state.speaking || timer || talk.state.phase === "ruling" || hungUp).to.equal(true);
        }
      }),
    );
  });

  it("keys typed in any rhythm are ruled on once each, in order", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 }), (digits) => {
        const talk = asked();
        const ruled: string[] = [];
        for (const digit of digits) {
          talk.keys(String(digit));
          for (let entry = talk.ruled; entry !== undefined; entry = talk.ruled) {
            ruled.push((entry as { entry: { digits: string } }).entry.digits);
            talk.give({ type: "ruled", ruling: WRONG });
          }
        }
        const whole = Math.floor(digits.length / 6) * 6;
        expect(ruled.join("")).to.equal(digits.slice(0, whole).join(""));
      }),
    );
  });
});
