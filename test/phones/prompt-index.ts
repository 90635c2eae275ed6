import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { decodeAlaw, decodeUlaw } from "./g711.js";
import { PROJECT_DIR } from "./programs.js";
import type { Law } from "./recording.js";

/** A prompt as it lies on the disk and goes over the wire. */
export interface KnownPrompt {
  readonly id: string;
  readonly locale: string;
  readonly bytes: Uint8Array;
  /** Samples between which it is audible; the rest is silence around it. */
  readonly soundFrom: number;
  readonly soundTo: number;
}

/** Where a block of sound occurs. */
interface Posting {
  readonly prompt: KnownPrompt;
  readonly offset: number;
}

/** Samples in a block: half a packet, so that each packet that arrived holds a whole block, whatever the grid. */
export const BLOCK = 80;
/** Of the rolling hash; odd, so that no byte is lost to the modulus of 2^32. */
export const BASE = 0x01000193;
/** dB below the loudest frame: softer is silence. The rule by which the prompts were trimmed. */
const SILENCE_BELOW_PEAK = 45;
const FRAME = 40;

/** All prompts of all locales, findable by any of their blocks of sound. */
export class PromptIndex {
  readonly #postings = new Map<number, Posting[]>();
  /** Most hashes of what is heard are of no block: a bit for each spares the look-up. */
  readonly #seen = new Uint8Array(2 ** 16);

  constructor(prompts: readonly KnownPrompt[]) {
    for (const prompt of prompts) {
      for (let offset = 0; offset + BLOCK <= prompt.bytes.length; offset += BLOCK) {
        const audible = offset >= prompt.soundFrom && offset + BLOCK <= prompt.soundTo;
        // A block of one or two values is a pause inside the sentence: it is in every other one too.
        const block = prompt.bytes.subarray(offset, offset + BLOCK);
        if (audible && new Set(block).size > 8) this.#add(hashOf(block), { prompt, offset });
      }
    }
  }

  find(hash: number): readonly Posting[] {
    return this.#seen[hash & 0xffff] === 0 ? NONE : (this.#postings.get(hash) ?? NONE);
  }

  #add(hash: number, posting: Posting): void {
    this.#seen[hash & 0xffff] = 1;
    const postings = this.#postings.get(hash);
    if (postings) postings.push(posting);
    else this.#postings.set(hash, [posting]);
  }
}

const NONE: readonly Posting[] = [];

function hashOf(block: Uint8Array): number {
  let hash = 0;
  for (const byte of block) hash = (Math.imul(hash, BASE) + byte) | 0;
  return hash;
}

/** A prompt from its bytes; undefined when there is no sound in it (a pause). */
export function knownPrompt(
  locale: string,
  id: string,
  bytes: Uint8Array,
  law: Law,
): KnownPrompt | undefined {
  const pcm = law === "ulaw" ? decodeUlaw(bytes) : decodeAlaw(bytes);
  const levels: number[] = [];
  for (let from = 0; from < pcm.length; from += FRAME) {
    const frame = pcm.subarray(from, from + FRAME);
    levels.push(Math.sqrt(frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length));
  }
  const threshold = Math.max(...levels, 100) * 10 ** (-SILENCE_BELOW_PEAK / 20);
  // A-law has no zero: its silence is +-8.
  const isSound = (level: number): boolean => level > Math.max(threshold, 10);
  const first = levels.findIndex(isSound);
  if (first < 0) return undefined;
  const last = levels.findLastIndex(isSound);
  const soundTo = Math.min(bytes.length, (last + 1) * FRAME);
  return { id, locale, bytes, soundFrom: first * FRAME, soundTo };
}

/** The prompts of this clone. */
export const SHIPPED_SOUNDS = join(PROJECT_DIR, "sounds");

const indexes = new Map<string, PromptIndex>();

/** The prompts of this clone, read once for each law (two locales: 0.4 s); or those of another folder like it. */
export function committedPrompts(law: Law, sounds = SHIPPED_SOUNDS): PromptIndex {
  const key = `${law} ${sounds}`;
  let index = indexes.get(key);
  if (!index) {
    index = new PromptIndex(readPrompts(law, sounds));
    indexes.set(key, index);
  }
  return index;
}

/** The prompts of this clone that have sound. */
export function readPrompts(law: Law, sounds = SHIPPED_SOUNDS): KnownPrompt[] {
  return ["ja", "en"].flatMap((locale) => {
    const folder = join(sounds, locale);
    const files = readdirSync(folder).filter((file) => file.endsWith(`.${law}`));
    return files.sort().flatMap((file) => {
      const prompt = knownPrompt(locale, basename(file, `.${law}`), readFileSync(join(folder, file)), law);
      return prompt === undefined ? [] : [prompt];
    });
  });
}
