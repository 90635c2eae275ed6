/**
 * What was told of the beginning of a key whose end is told: its own; none since that key's last end, though the call
 * has told of others; none either, while another key is down, which it was overtaken by on its way.
 */
export type Beginning = "told" | "untold" | "overtaken";

/** A key as the network has told of it, at its end. */
export interface ToldKey {
  /** Any of a telephone's sixteen: `0-9 * # A-D`. */
  readonly digit: string;
  /** How long it was held, ms; by SIP INFO what the peer claims, the same for all keys. */
  readonly durationMs: number;
  /** When it ended, ms, by the clock of who heard it. */
  readonly endedAt: number;
  /** By a SIP message, and not with the voice. */
  readonly byInfo: boolean;
  /** Undefined: nobody knows. */
  readonly beginning?: Beginning | undefined;
}

/** A press that was told with the voice: how it was told last, and how many times its end was. */
interface Held extends ToldKey {
  readonly ends: number;
  /** Whether it began after the press before it had ended, as its length and time say. */
  readonly isApart: boolean;
}

/** What is known of the presses of a call. */
export interface Presses {
  /** The last of each digit. */
  readonly held: Readonly<Partial<Record<string, Held>>>;
  /** How many times the end of each press before the latest was told. */
  readonly ends: readonly number[];
  readonly latest: string | null;
  /** Told by one way so far, and how many of how many presses were told by both. */
  readonly single: readonly ToldKey[];
  readonly byBothWays: number;
  readonly presses: number;
}

export const NO_PRESSES: Presses = {
  held: {},
  ends: [],
  latest: null,
  single: [],
  byBothWays: 0,
  presses: 0,
};

/** A key is cut off after 375 ms without news (dtmftimeout in rtp.conf): its true length is longer by as much. */
const CUT_OFF_MS = 350;
/** No telephone sends a key that is shorter (ITU-T Q.24): one that seems so was cut off. */
const SHORTEST_MS = 40;
/** An end that was overtaken comes so much later at most than the next key's beginning, which has ended its key. */
const OVERTAKEN_MS = 100;
/** Between two presses of one key a finger needs as long. */
const FINGER_MS = 60;
/** Three ends of one key lie 20 ms apart, or 45 where Asterisk parts them (87 on a busy machine); presses 100 and more. */
const AT_ONCE_MS = 100;
/** Two ends of one key are as far apart where the next key came between (AST_MIN_DTMF_GAP is 45 ms). */
const READS_NOTHING_MS = 40;
/** Ends of two presses come together where the way held the first up for the whole length of the second, and no longer. */
const LONGEST_HOLD_UP_MS = 1_000;
/** Of so many presses it is remembered how many times each was told. */
const REMEMBERED = 20;
/** One way is slower than the other by so much at most, on a busy machine too. */
const OTHER_WAY_MS = 2_000;

interface Ruled {
  readonly isPress: boolean;
  /**
   * No press only because a peer of which little is known may be one that tells twice: a copy of the SIP message that
   * is still on its way would show that it, or the one before, is a press of its own.
   */
  readonly isUnsure: boolean;
  /** A press, but perhaps of a key whose end was overtaken: nobody told of its beginning. */
  readonly isDoubtful: boolean;
  readonly next: Presses;
}

/**
 * Whether a key that is told is a press of its own, and what is known then.
 *
 * 1. A finger cannot press what it still holds: what began (its end less its length) before the same key's last end is
 *    that press, told again. It was cut off, and here is its true end; or its end came again, as another event.
 * 2. What comes with the voice and by SIP INFO is one press told by two ways, whichever is first.
 * 3. Two that are told at once are two presses that the network, or a busy machine, has held up, where the beginning
 *    of the second was told; and one that was told again, where it was not. Where that is not known, who tells twice
 *    does so with each key; and nothing is held up for longer than a second.
 */
export function hearKey(presses: Presses, told: ToldKey): Ruled {
  const again = told.byInfo ? undefined : toldAgain(presses, told);
  if (again !== undefined)
    return { isPress: false, isUnsure: presses.ends.length === 0, isDoubtful: false, next: again };
  const heard = told.byInfo ? presses : heldNow(presses, told);
  const single = presses.single.filter((other) => apartMs(other, told) < OTHER_WAY_MS);
  const twin = single.findIndex(({ digit, byInfo }) => digit === told.digit && byInfo !== told.byInfo);
  // The other way may be a key behind.
  if (twin >= 0 && isHabit(presses.byBothWays, presses.presses - 2)) {
    const next = { ...heard, single: single.toSpliced(twin, 1), byBothWays: presses.byBothWays + 1 };
    return { isPress: false, isUnsure: presses.byBothWays === 0, isDoubtful: false, next };
  }
  return {
    isPress: true,
    isUnsure: false,
    isDoubtful: isDoubtful(presses, told),
    next: { ...heard, single: [...single, told], presses: presses.presses + 1 },
  };
}

/** What is known once a copy has shown that what was told of a digit came by SIP INFO, and not with the voice. */
export function byInfoAfterAll(presses: Presses, digit: string): Presses {
  const single = presses.single.map((told) => (told.digit === digit ? { ...told, byInfo: true } : told));
  return { ...presses, single };
}

function heldNow(presses: Presses, told: ToldKey): Presses {
  const { held, latest } = presses;
  const before = latest === null ? undefined : held[latest];
  const isApart = before !== undefined && beginOf(told) >= before.endedAt;
  return {
    ...presses,
    held: { ...held, [told.digit]: { ...told, ends: 1, isApart } },
    ends: before === undefined ? [] : [...presses.ends, before.ends].slice(-REMEMBERED),
    latest: told.digit,
  };
}

/** What is known when it is a press that is known already; undefined when it is another. */
function toldAgain(presses: Presses, told: ToldKey): Presses | undefined {
  const last = presses.held[told.digit];
  // A clock that was set back tells nothing.
  if (last === undefined || told.endedAt < last.endedAt) return undefined;
  const isLater = wasCutOff(last, told);
  if (!isLater && !endsAgain(presses, last, told)) return undefined;
  const ends = isLater ? last.ends : last.ends + 1;
  const again = { ...last, ...told, beginning: last.beginning, ends };
  return { ...presses, held: { ...presses.held, [told.digit]: again } };
}

/**
 * Where nobody told of beginnings. Asterisk reads nothing more for 45 ms where one key has ended another, so an end that
 * was overtaken comes after that; two presses that were held up come sooner, and a finger's later. It is not the
 * shorter one, for it says the length that was told of last or more. Where the press itself did not stand apart from the
 * one before, lengths say nothing: SIP INFO claims the same for each, however quick they are.
 */
function isDoubtful({ held }: Presses, told: ToldKey): boolean {
  const last = held[told.digit];
  if (last?.isApart !== true || told.byInfo || told.beginning !== undefined) return false;
  const apart = told.endedAt - last.endedAt;
  const isLonger = told.durationMs >= last.durationMs;
  return isLonger && apart > READS_NOTHING_MS && apart < AT_ONCE_MS && beginOf(told) < last.endedAt;
}

function wasCutOff(last: Held, told: ToldKey): boolean {
  const slackMs = last.durationMs < SHORTEST_MS ? CUT_OFF_MS : FINGER_MS;
  return told.durationMs > last.durationMs + CUT_OFF_MS && beginOf(told) < last.endedAt + slackMs;
}

function endsAgain(presses: Presses, last: Held, told: ToldKey): boolean {
  const apart = told.endedAt - last.endedAt;
  const isHeldStill = apart < AT_ONCE_MS && told.durationMs - apart > LONGEST_HOLD_UP_MS;
  if (isHeldStill) return true;
  if (told.beginning === "overtaken") return beginOf(told) < last.endedAt + OVERTAKEN_MS;
  // Who lost one beginning may have lost the other: then both say nothing.
  if (last.beginning === "told" && told.beginning !== undefined)
    return told.beginning === "untold" && beginOf(told) < last.endedAt + FINGER_MS;
  return beginOf(told) < last.endedAt && apart < AT_ONCE_MS && tellsAgain(presses, last.ends);
}

/** Whether the peer tells ends again, and oftener than so many times; of one who has told one key so far it may be so. */
function tellsAgain({ ends }: Presses, times: number): boolean {
  const isOften = isHabit(ends.filter((before) => before > 1).length, ends.length);
  return isOften && (ends.length === 0 || times < Math.max(...ends));
}

function isHabit(times: number, of: number): boolean {
  return times * 2 >= of;
}

/** Between two tellings; one by SIP INFO is a moment, for the length it claims says nothing. */
function apartMs(one: ToldKey, other: ToldKey): number {
  return Math.max(0, beginOf(one) - other.endedAt, beginOf(other) - one.endedAt);
}

function beginOf({ byInfo, durationMs, endedAt }: ToldKey): number {
  return byInfo ? endedAt : endedAt - durationMs;
}
