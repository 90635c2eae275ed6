import { expect } from "chai";
import { announce } from "../../src/verification/announcement.js";
import { conversationOf } from "../../src/verification/conversations.js";
import type { Effect, Input, Key, Talk } from "../../src/verification/dialogue.js";
import type { Method } from "../../src/verification/request-terms.js";
import { spell } from "../../src/verification/spelling.js";

const TOLD = announce({ amount: "4", currency: "JPY", payee: "店", reference: "r" }, "ja");
const SAID = TOLD.join(" ");
const SECRET = "4829";
const READING = spell(SECRET).join(" ");
const CODE_RULED = { do: "rule", entry: { kind: "code", digits: "271828" } };
const REFUSED = { do: "rule", entry: { kind: "refusal" } };

/** A conversation that is played through by hand; `effects` are those of the last input. */
class Played {
  readonly #talk: Talk;
  effects: readonly Effect[] = [];

  constructor(method: Method, call: "in" | "out" = "out") {
    const begin = conversationOf(call, method, false);
    if (begin === null) throw new Error("there is no conversation");
    this.#talk = begin({
      ...{ codeLength: 6, firstKeyMs: 8000, nextKeyMs: 5000, silencesForgiven: 2, gateDigit: "7" },
      announcement: TOLD,
    });
  }

  give(...inputs: Input[]): this {
    for (const input of inputs) this.effects = this.#talk(input);
    return this;
  }

  keys(keys: string): this {
    return this.give(...[...keys].map((key): Input => ({ type: "key", key: key as Key })));
  }

  heard(): this {
    return this.give({ type: "said" });
  }

  get said(): string {
    return this.effects.flatMap((effect) => (effect.do === "say" ? effect.pieces : [])).join(" ");
  }

  get ruled(): unknown {
    return this.effects.find((effect) => effect.do === "rule");
  }
}

describe("a transaction that is told before a code is asked for", () => {
  const answered = (call: "in" | "out" = "out"): Played =>
    new Played("keypad", call).give({ type: "answered" });

  it("is told after the greeting, and then the code is asked for", () => {
    const talk = answered();
    expect(talk.said).to.equal(`silence-start company-name greeting ${SAID}`);
    expect(talk.heard().said).to.equal("transaction-choices ask-code-transaction");
    expect(talk.heard().effects).to.deep.equal([{ do: "wait", ms: 8000 }]);
    expect(talk.keys("271828").ruled).to.deep.equal(CODE_RULED);
  });

  it("is told to a person who calls, too", () => {
    expect(answered("in").said).to.equal(`silence-start company-name inbound-greeting ${SAID}`);
  });

  it("takes no code until all of it was heard once", () => {
    const talk = answered();
    expect(talk.keys("271828#").effects).to.deep.equal([]);
    talk.heard();
    expect(talk.keys("27182").ruled, "what was keyed before does not count").to.equal(undefined);
    expect(talk.keys("8").ruled).to.deep.equal(CODE_RULED);
  });

  it("lets the question be interrupted by the code", () => {
    expect(answered().heard().keys("271828").ruled).to.deep.equal(CODE_RULED);
  });

  it("is told again at a star, while it is told and while the code is awaited", () => {
    expect(answered().keys("*").said).to.equal(SAID);
    const asked = answered().heard().heard();
    expect(asked.keys("*").said).to.equal(SAID);
    expect(asked.heard().said).to.equal("transaction-choices ask-code-transaction");
    expect(asked.keys("27*").said, "the star clears what was keyed first").to.equal("");
    expect(asked.keys("*").said).to.equal(SAID);
  });

  it("is refused by 0# also where its sound ends between the two keys", () => {
    const talk = answered().keys("0").heard();
    expect(talk.said).to.equal("transaction-choices ask-code-transaction");
    expect(talk.heard().keys("#").ruled).to.deep.equal(REFUSED);
    expect(answered().keys("0").heard().keys("271828").ruled, "it is no digit of the code").to.deep.equal(
      CODE_RULED,
    );
    expect(answered().keys("0").heard().keys("2#").ruled, "another key came between").not.to.deep.equal(
      REFUSED,
    );
  });

  it("is refused by 0#, while it is told and while the code is awaited", () => {
    expect(answered().keys("0#").ruled).to.deep.equal(REFUSED);
    expect(answered().heard().keys("0#").ruled).to.deep.equal(REFUSED);
    expect(answered("in").heard().heard().keys("0#").ruled).to.deep.equal(REFUSED);
    expect(answered().keys("01#").ruled, "0, 1, # is no refusal").to.equal(undefined);
  });

  it("says that it was stopped, and hangs up", () => {
    const talk = answered().keys("0#");
    const ruling = { kind: "failed", reason: "transaction_refused" } as const;
    expect(talk.give({ type: "ruled", ruling }).said).to.equal("transaction-refused goodbye");
    expect(talk.heard().effects).to.deep.equal([{ do: "hang_up" }]);
  });

  it("asks again after a wrong code, by the same question", () => {
    const talk = answered().heard().keys("000000");
    talk.give({ type: "ruled", ruling: { kind: "wrong", triesLeft: 2 } });
    expect(talk.said).to.equal("wrong-code tries-left-2 ask-code-transaction");
  });

  it("tells nothing where it cannot be told, also when the answer comes late", () => {
    const talk = new Played("keypad").give({ type: "ended", status: "unavailable" });
    expect(talk.said).to.equal("service-trouble goodbye");
    expect(talk.give({ type: "answered" }).said).to.equal("");
  });

  it("stops when the verification ends meanwhile", () => {
    expect(answered().give({ type: "ended", status: "expired" }).said).to.equal("expired goodbye");
    expect(answered().give({ type: "ended", status: "canceled" }).effects).to.deep.equal([{ do: "hang_up" }]);
  });
});

describe("a transaction that is told before a code is read", () => {
  const atGate = (): Played => new Played("spoken").give({ type: "answered" });
  const told = (): Played => atGate().heard().heard().keys("7").give({ type: "revealed", secret: SECRET });

  it("is not told at the gate, where a voicemail may hear it", () => {
    const talk = atGate();
    expect(talk.said).to.equal("silence-start company-name spoken-greeting human-gate");
    expect(talk.heard().said).to.equal("digit-7");
    expect(talk.heard().keys("7").effects.at(-1)).to.deep.equal({ do: "reveal" });
  });

  it("is told behind the gate, and then the code is read", () => {
    const talk = told();
    expect(talk.said).to.equal(`${SAID} transaction-choices`);
    expect(talk.heard().said).to.equal(`spoken-intro pause-short ${READING}`);
  });

  it("is refused by 0# while it is told, while the code is read and after", () => {
    expect(told().keys("0#").ruled).to.deep.equal(REFUSED);
    expect(told().heard().keys("0#").ruled).to.deep.equal(REFUSED);
    expect(told().heard().heard().heard().keys("0#").ruled).to.deep.equal(REFUSED);
    expect(told().keys("0").heard().keys("#").ruled, "its sound ends between").to.deep.equal(REFUSED);
    const talk = told().keys("0#");
    const ruling = { kind: "failed", reason: "transaction_refused" } as const;
    expect(talk.give({ type: "ruled", ruling }).said).to.equal("transaction-refused goodbye");
  });

  it("is told again at a star, three times and no more, and the code after it", () => {
    const talk = told().heard();
    for (let nth = 0; nth < 3; nth += 1) {
      expect(talk.keys("*").said).to.equal(`${SAID} transaction-choices`);
      expect(talk.heard().said).to.include(READING);
    }
    expect(talk.keys("*").said).to.equal("");
  });

  it("at the gate 0# says still that the call was not asked for", () => {
    expect(atGate().keys("0#").ruled).to.deep.equal({ do: "rule", entry: { kind: "fraud_report" } });
  });

  it("is not told where it cannot be", () => {
    const talk = new Played("spoken").give({ type: "ended", status: "unavailable" });
    expect(talk.said).to.equal("service-trouble goodbye");
    expect(talk.give({ type: "answered" }).said).to.equal("");
  });
});
