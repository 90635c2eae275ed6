import { BASE, BLOCK, committedPrompts, type KnownPrompt, type PromptIndex } from "./prompt-index.js";
import { layOut, type Recording, type SoundPacket } from "./recording.js";

/** One prompt in what a telephone has heard. Times are ms since 1970. */
export interface HeardPrompt {
  readonly id: string;
  readonly locale: string;
  /** When its first and its last audible sample were at the telephone. */
  readonly from: number;
  readonly to: number;
  /** Its end was not heard: a key, or the end of the call, cut it short. */
  readonly cut: boolean;
  /** Its first sound was not heard, or not wholly. */
  readonly clipped: boolean;
  /** Of the sound between `from` and `to`, in ms, what did not arrive. */
  readonly lostMs: number;
}

const SAMPLES_PER_MS = 8;
/** So much of a prompt has to be heard for it to be named, or nine tenths of a shorter one. */
const ENOUGH = 700 * SAMPLES_PER_MS;
const NEARLY_ALL = 0.9;
/** A prompt that lacks no more than this at its end (three packets) lacks it by loss, and is whole. */
const LOSS_AT_END = 60 * SAMPLES_PER_MS;
/** So much of its beginning has to be whole: a first consonant lasts no longer. */
const FIRST_SOUND = 60 * SAMPLES_PER_MS;
/** Of the bytes that arrived in 10 ms, how many must be those of the prompt. */
const SAME = 0.9;

/** A prompt laid along the recording: its sample 0 is at `shift`; `from` to `to` of its samples were heard. */
interface Match {
  readonly prompt: KnownPrompt;
  readonly shift: number;
  readonly from: number;
  readonly to: number;
  /** How many of them arrived. */
  readonly arrived: number;
}

/**
 * Names the prompts in what was heard, in order. G.711 goes through unchanged, so a prompt is
 * found by its bytes and not by its likeness: every block of 10 ms of every prompt is in a table,
 * a rolling hash looks each 10 ms of the recording up, whatever its frame grid, and what is found is
 * laid along the recording and compared byte for byte, lost packets left out. A minute of sound
 * takes some 20 ms. Sound that was changed on the way (another codec) is not found; `Heard.find` may.
 */
export function promptsIn(
  packets: readonly SoundPacket[],
  indexOf: (law: Recording["law"]) => PromptIndex = committedPrompts,
): HeardPrompt[] {
  const recording = layOut(packets);
  const enough = findMatches(recording, indexOf(recording.law)).filter(isEnough);
  // Prompts that share a sound are found where one of them is: the one that explains more of it was said.
  enough.sort((a, b) => b.arrived - a.arrived || (a.prompt.id < b.prompt.id ? -1 : 1));
  const said: Match[] = [];
  for (const match of enough) if (!said.some((other) => overlap(match, other))) said.push(match);
  return said.sort((a, b) => a.shift + a.from - (b.shift + b.from)).map((match) => told(match, recording));
}

function findMatches(recording: Recording, index: PromptIndex): Match[] {
  const { bytes, present } = recording;
  const matches: Match[] = [];
  // Times BASE ^ BLOCK: what the byte that leaves the window has become.
  let leaving = 1;
  for (let n = 0; n < BLOCK; n += 1) leaving = Math.imul(leaving, BASE);
  let hash = 0;
  let length = 0;
  for (let end = 0; end < bytes.length; end += 1) {
    if (present[end] === 0) {
      hash = 0;
      length = 0;
      continue;
    }
    hash = (Math.imul(hash, BASE) + (bytes[end] ?? 0)) | 0;
    if (length === BLOCK) hash = (hash - Math.imul(leaving, bytes[end - BLOCK] ?? 0)) | 0;
    else length += 1;
    if (length < BLOCK) continue;
    for (const { prompt, offset } of index.find(hash)) {
      const shift = end - BLOCK + 1 - offset;
      const known = matches.some(
        (match) => match.prompt === prompt && match.shift === shift && offset < match.to,
      );
      if (!known) matches.push(stretch(prompt, shift, offset, recording));
    }
  }
  return matches;
}

/** From one block that is alike, both ways as far as the recording goes with the prompt. */
function stretch(prompt: KnownPrompt, shift: number, at: number, recording: Recording): Match {
  let to = at;
  while (to < prompt.bytes.length && isSame(prompt, shift, to, to + BLOCK, recording)) to += BLOCK;
  to = Math.min(to, prompt.bytes.length);
  let from = at;
  while (from > 0 && isSame(prompt, shift, from - BLOCK, from, recording)) from -= BLOCK;
  from = Math.max(from, 0);
  // To the sample: in the block that differs, and where nothing arrived.
  const heard = (n: number): boolean =>
    recording.present[shift + n] === 1 && recording.bytes[shift + n] === prompt.bytes[n];
  while (to < prompt.bytes.length && heard(to)) to += 1;
  while (to > from && !heard(to - 1)) to -= 1;
  while (from > 0 && heard(from - 1)) from -= 1;
  while (from < to && !heard(from)) from += 1;
  let arrived = 0;
  for (let n = from; n < to; n += 1) arrived += recording.present[shift + n] ?? 0;
  return { prompt, shift, from, to, arrived };
}

function isSame(
  prompt: KnownPrompt,
  shift: number,
  from: number,
  to: number,
  { bytes, present }: Recording,
): boolean {
  if (shift + to <= 0 || shift + from >= bytes.length) return false;
  let arrived = 0;
  let same = 0;
  for (let n = Math.max(0, from); n < Math.min(to, prompt.bytes.length); n += 1) {
    if (present[shift + n] !== 1) continue;
    arrived += 1;
    if (bytes[shift + n] === prompt.bytes[n]) same += 1;
  }
  return same >= SAME * arrived;
}

function isEnough({ prompt, from, to, arrived }: Match): boolean {
  const { soundFrom, soundTo } = prompt;
  const audible = Math.min(to, soundTo) - Math.max(from, soundFrom);
  return audible >= Math.min(ENOUGH, NEARLY_ALL * (soundTo - soundFrom)) && arrived >= (to - from) / 2;
}

function overlap(a: Match, b: Match): boolean {
  const shared = Math.min(a.shift + a.to, b.shift + b.to) - Math.max(a.shift + a.from, b.shift + b.from);
  return shared > Math.min(a.to - a.from, b.to - b.from) / 2;
}

function told({ prompt, shift, from, to }: Match, recording: Recording): HeardPrompt {
  const soundFrom = Math.max(from, prompt.soundFrom);
  const soundTo = Math.min(to, prompt.soundTo);
  const lost = lostIn(recording, shift + soundFrom, shift + soundTo);
  const begin = prompt.soundFrom + shift;
  return {
    id: prompt.id,
    locale: prompt.locale,
    from: recording.timeOf(shift + soundFrom),
    to: recording.timeOf(shift + soundTo - 1),
    cut: prompt.soundTo - to > LOSS_AT_END,
    clipped: from > prompt.soundFrom || lostIn(recording, begin, begin + FIRST_SOUND) > 0,
    lostMs: lost / SAMPLES_PER_MS,
  };
}

function lostIn({ present }: Recording, from: number, to: number): number {
  let lost = 0;
  for (let n = from; n < Math.min(to, present.length); n += 1) lost += 1 - (present[n] ?? 0);
  return lost;
}
