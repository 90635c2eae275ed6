import { expect } from "chai";

import { promptsIn } from "./ear.js";
import { encodeUlaw } from "./g711.js";
import { committedPrompts, type KnownPrompt, readPrompts } from "./prompt-index.js";
import type { Law, SoundPacket } from "./recording.js";
import { names, transcript } from "./transcript.js";

const BEGIN = 1_800_000_000_000;
const PACKET = 160;

const ALL = { ulaw: readPrompts("ulaw"), alaw: readPrompts("alaw") };

function promptOf(id: string, law: Law = "ulaw", locale = "ja"): KnownPrompt {
  const prompt = ALL[law].find((candidate) => candidate.id === id && candidate.locale === locale);
  if (!prompt) throw new Error(`no prompt ${locale}/${id}`);
  return prompt;
}

/** A wire that carries sound in packets of 20 ms, to be broken by a test. */
class Wire {
  readonly packets: SoundPacket[] = [];
  readonly #law: Law;
  readonly #locale: string;
  #sequence = 65_000;
  #now = BEGIN;

  constructor(law: Law = "ulaw", locale = "ja") {
    this.#law = law;
    this.#locale = locale;
  }

  /** As Asterisk sends a file: packets of 20 ms, the last one shorter. */
  say(id: string, { fromMs = 0, toMs = Infinity } = {}): this {
    const prompt = promptOf(id, this.#law, this.#locale);
    return this.send(prompt.bytes.subarray(fromMs * 8, toMs * 8));
  }

  send(bytes: Uint8Array): this {
    for (let from = 0; from < bytes.length; from += PACKET) {
      const packet = bytes.subarray(from, from + PACKET);
      this.packets.push({
        at: this.#now,
        sequence: this.#sequence,
        stream: 7,
        law: this.#law,
        bytes: packet,
      });
      this.#sequence = (this.#sequence + 1) & 0xffff;
      this.#now += packet.length / 8;
    }
    return this;
  }

  silence(ms: number): this {
    return this.send(new Uint8Array(ms * 8).fill(this.#law === "ulaw" ? 0xff : 0xd5));
  }

  /** Nothing is sent. */
  pause(ms: number): this {
    this.#now += ms;
    return this;
  }
}

function heard(packets: readonly SoundPacket[]): string {
  return names(promptsIn(packets));
}

describe("the ear", () => {
  before(function () {
    this.timeout(240_000);
    committedPrompts("ulaw");
    committedPrompts("alaw");
  });

  it("names prompts one directly after another, in order, and no silence", () => {
    const wire = new Wire().silence(500).say("company-name").say("greeting").say("ask-code").silence(300);
    expect(heard(wire.packets)).to.equal("company-name greeting ask-code");
  });

  it("tells when each began and ended at the telephone, to the packet", () => {
    const wire = new Wire().silence(500).say("greeting").pause(3_000).say("goodbye");
    const [greeting, goodbye] = promptsIn(wire.packets);
    // Each has 30 ms of silence in front.
    expect(greeting!.from - BEGIN).to.be.within(525, 535);
    const said = promptOf("greeting");
    const lengthMs = said.bytes.length / 8;
    expect(greeting!.to - BEGIN).to.be.within(500 + lengthMs - 190, 500 + lengthMs - 130);
    expect(goodbye!.from - BEGIN).to.be.within(3_500 + lengthMs + 25, 3_500 + lengthMs + 35);
  });

  it("tells every prompt from all others, in both languages and both laws", () => {
    const wrong: string[] = [];
    for (const law of ["ulaw", "alaw"] as const) {
      for (const { id, locale, bytes } of ALL[law]) {
        const [said, ...more] = promptsIn(new Wire(law, locale).say(id).packets);
        // キュー, the letter, and キュウ, the digit, are one and the same sound; so are numbers, and digits of codes.
        const twins = ALL[law].filter((other) => Buffer.compare(other.bytes, bytes) === 0);
        const isOne = twins.some((twin) => twin.id === said?.id) && said?.locale === locale;
        if (!isOne || more.length > 0) wrong.push(`${law} ${locale} ${id}`);
      }
    }
    expect(wrong).to.deep.equal([]);
  });

  it("marks a prompt that a key cut short, when 0.7 s of it were heard", () => {
    const wire = new Wire().say("ask-code", { toMs: 800 }).pause(200).say("wrong-code").say("tries-left-2");
    expect(heard(wire.packets)).to.equal("ask-code(cut) wrong-code tries-left-2");
  });

  it("does not name a prompt of which less was heard", () => {
    expect(heard(new Wire().say("ask-code", { toMs: 600 }).pause(200).say("verified").packets)).to.equal(
      "verified",
    );
  });

  it("tells tries-left-1 to tries-left-5 apart even when they are cut", () => {
    for (const n of [1, 2, 3, 4, 5]) {
      const wire = new Wire().say(`tries-left-${n}`, { toMs: 900 });
      expect(heard(wire.packets)).to.equal(`tries-left-${n}(cut)`);
    }
  });

  it("marks a prompt whose beginning was not heard", () => {
    expect(heard(new Wire().say("greeting", { fromMs: 120 }).packets)).to.equal("greeting(clipped)");
    const lost = new Wire().silence(500).say("greeting").packets.toSpliced(26, 2);
    expect(heard(lost)).to.equal("greeting(clipped)");
  });

  it("hears through lost packets, and says how much was lost", () => {
    const { packets } = new Wire().silence(500).say("company-name").say("verified");
    const arrived = packets.filter((_, n) => n % 5 !== 4);
    const prompts = promptsIn(arrived);
    expect(names(prompts)).to.match(/^company-name(\(clipped\))? verified(\(clipped\))?$/);
    expect(prompts[1]!.lostMs).to.be.within(800, 1_400);
  });

  it("hears a prompt on from where it went under for half a second of loss", () => {
    const { packets } = new Wire().say("ask-code");
    expect(heard(packets.toSpliced(100, 25))).to.equal("ask-code");
  });

  it("takes packets that come twice, or in another order", () => {
    const { packets } = new Wire().say("greeting").say("goodbye");
    const twice = packets.flatMap((packet, n) => (n % 3 === 0 ? [packet, packet] : [packet]));
    expect(heard(twice)).to.equal("greeting goodbye");
    const swapped = [...packets];
    for (let n = 10; n + 1 < swapped.length; n += 7) {
      [swapped[n], swapped[n + 1]] = [swapped[n + 1]!, swapped[n]!];
    }
    expect(heard(swapped)).to.equal("greeting goodbye");
  });

  it("does not care where in a packet a prompt begins", () => {
    const wire = new Wire();
    const prompt = promptOf("verified");
    const bytes = new Uint8Array(prompt.bytes.length + 37).fill(0xff);
    bytes.set(prompt.bytes, 37);
    expect(heard(wire.silence(100).send(bytes).packets)).to.equal("verified");
  });

  it("goes on when the sending went still in the middle of a prompt", () => {
    const { packets } = new Wire()
      .say("ask-code", { toMs: 4_000 })
      .pause(250)
      .say("ask-code", { fromMs: 4_000 });
    expect(heard(packets)).to.equal("ask-code");
  });

  it("names a prompt each time it is said", () => {
    expect(heard(new Wire().say("goodbye").silence(40).say("goodbye").packets)).to.equal("goodbye goodbye");
  });

  it("keeps the digits of codes to itself", () => {
    const wire = new Wire().say("digit-3").silence(300).say("digit-8").silence(300).say("letter-x");
    expect(transcript(promptsIn(wire.packets), BEGIN)).to.match(
      /^0\.03 digit-• · \d\.\d\d digit-• · \d\.\d\d letter-•$/,
    );
  });

  it("marks another language than Japanese", () => {
    expect(heard(new Wire("ulaw", "en").say("verified").packets)).to.equal("en/verified");
  });

  it("hears nothing in noise, in tones, in silence and in nothing", () => {
    const noise = Int16Array.from({ length: 80_000 }, () => Math.random() * 8_000 - 4_000);
    const tone = Int16Array.from({ length: 80_000 }, (_, n) => 8_000 * Math.sin(n / 3));
    const wire = new Wire().send(encodeUlaw(noise)).send(encodeUlaw(tone)).silence(2_000);
    expect(heard(wire.packets)).to.equal("");
    expect(heard([])).to.equal("");
  });

  it("does not take a prompt played backwards, or louder, for that prompt", () => {
    const bytes = promptOf("verified").bytes;
    expect(heard(new Wire().send(bytes.toReversed()).packets)).to.equal("");
    // One step of mu-law up.
    const louder = bytes.map((byte) => ((byte & 0x7f) > 0x10 ? byte - 0x10 : byte));
    expect(heard(new Wire().send(louder).packets)).to.equal("");
  });
});
