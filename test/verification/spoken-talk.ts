import type { Effect, Input, Key } from "../../src/verification/dialogue.js";
import { spell } from "../../src/verification/spelling.js";
import { SPOKEN_GATE, type SpokenRules } from "../../src/verification/gate.js";
import { type SpokenConversation, spokenDialogue } from "../../src/verification/spoken-conversation.js";

/** What the conversations of the tests go by. */
const RULES: SpokenRules = {
  ...SPOKEN_GATE,
  gateDigit: "7",
  firstKeyMs: 8000,
  silencesForgiven: 2,
};
export const SECRET = "4829";
/** What is said in each reading of it. */
export const READING = spell(SECRET).join(" ");

/** A conversation that is played through by hand; `effects` are those of the last input. */
export class SpokenTalk {
  readonly #dialogue;
  state: SpokenConversation;
  effects: readonly Effect[] = [];

  constructor(rules: Partial<SpokenRules> = {}) {
    this.#dialogue = spokenDialogue({ ...RULES, ...rules });
    this.state = this.#dialogue.before;
  }

  give(...inputs: Input[]): this {
    for (const input of inputs) {
      const { next, effects } = this.#dialogue.step(this.state, input);
      this.state = next;
      this.effects = effects;
    }
    return this;
  }

  keys(keys: string): this {
    return this.give(...[...keys].map((key): Input => ({ type: "key", key: key as Key })));
  }

  heard(): this {
    return this.give({ type: "said" });
  }

  silence(): this {
    return this.give({ type: "waited" });
  }

  get said(): string {
    return this.effects.flatMap((effect) => (effect.do === "say" ? effect.pieces : [])).join(" ");
  }

  get did(): string[] {
    return this.effects.map((effect) => effect.do);
  }

  get ruled(): unknown {
    return this.effects.find((effect) => effect.do === "rule");
  }
}

export const answered = (rules?: Partial<SpokenRules>): SpokenTalk =>
  new SpokenTalk(rules).give({ type: "answered" });
/** The digit is being named. */
export const naming = (rules?: Partial<SpokenRules>): SpokenTalk => answered(rules).heard();
/** The digit was heard: a key is awaited. */
export const atGate = (rules?: Partial<SpokenRules>): SpokenTalk => naming(rules).heard();
