import type { AttemptRow } from "../../store/attempts.js";
import { keptCall } from "../../store/kept-call.js";
import { listLastCalls } from "../../store/last-calls.js";
import { type CallEnding, endingOf } from "../../verification/call-ending.js";
import { readStory } from "../../verification/call-story.js";
import { DAY_MS } from "../../verification/durations.js";
import { CALL_FINDINGS } from "./calls-findings.js";
import { type FoundIn, group } from "./finding.js";

type Seen = FoundIn<typeof CALL_FINDINGS>;

const CALLS = 100;
/** Fewer tell nothing: people do not always key, and hang up. */
const ENOUGH = 4;
/** Of those that could have gone well, so many have to have gone wrong in the same way. */
const MOST = 0.75;
/** One that nobody hears is given up after a few seconds, and a person who hears listens to the greeting. */
const SOON_MS = 15_000;

/** Endings that are somebody's trouble to mend, each a finding. */
const BY_ENDING = {
  credentials_wanted: "calls-want-credentials",
  forbidden: "calls-forbidden",
  no_line: "calls-without-line",
  media_refused: "calls-without-codec",
  trunk_silent: "calls-unanswered-by-trunk",
  trunk_trouble: "calls-failed-by-trunk",
  screened: "calls-screened",
  evidence_lacked: "callers-not-proved",
  interrupted: "calls-interrupted",
} as const satisfies Partial<Record<CallEnding, keyof typeof CALL_FINDINGS>>;

interface Looked {
  readonly call: AttemptRow;
  readonly ending: CallEnding;
  readonly keys: number;
  readonly said: boolean;
  /** From the answer to the end, milliseconds. */
  readonly lasted: number;
}

/** What the last calls tell, as they are stored: those of a day, at most a hundred. */
export const callsGroup = group(
  { ja: "最近の通話", en: "Recent calls" },
  CALL_FINDINGS,
  async ({ store, now }) => {
    if (store === null) return [];
    const calls = (await listLastCalls(store.read, { since: now - DAY_MS, limit: CALLS })).flatMap(look);
    return [...endings(calls), ...notes(calls), ...silence(calls)];
  },
);

function look(call: AttemptRow): Looked[] {
  const story = readStory(call.story);
  const kept = keptCall(call, story);
  if (kept === null) return [];
  const { ending } = endingOf(kept);
  const steps = story?.steps ?? [];
  return [
    {
      ...{ call, ending },
      keys: steps.reduce((sum, step) => sum + (step.kind === "keys" ? step.count : 0), 0),
      said: steps.some(({ kind }) => kind === "said"),
      lasted: (call.ended_at ?? 0) - (call.answered_at ?? call.ended_at ?? 0),
    },
  ];
}

function endings(calls: readonly Looked[]): Seen[] {
  return Object.entries(BY_ENDING).flatMap(([ending, id]) => {
    const such = calls.filter((one) => one.ending === ending);
    return such.length === 0 ? [] : [{ id, seen: counted(such, calls.length) }];
  });
}

function notes(calls: readonly Looked[]): Seen[] {
  return (
    [
      ["keys_in_unknown_payload", "keys-in-unknown-payload"],
      ["keys_from_stranger", "keys-from-stranger"],
    ] as const
  ).flatMap(([note, id]) => {
    const such = calls.filter(({ call }) => call.note === note);
    return such.length === 0 ? [] : [{ id, seen: counted(such, calls.length) }];
  });
}

/** Of calls on which something was said: nobody ever keys; or people hang up at once, as who hears nothing does. */
function silence(calls: readonly Looked[]): Seen[] {
  const talks = calls.filter(({ call, said }) => call.answered_at !== null && said);
  if (talks.length < ENOUGH) return [];
  const keyless = talks.filter(({ keys }) => keys === 0);
  if (keyless.length < talks.length * MOST) return [];
  const givenUp = keyless.filter(({ ending, lasted }) => ending === "person_hung_up" && lasted < SOON_MS);
  const id = givenUp.length >= talks.length * MOST ? "voice-not-heard" : "keys-never-heard";
  return [{ id, seen: counted(keyless, talks.length) }];
}

/** How many of how many, and of the last one when and by which number the trunk refused it. */
function counted(such: readonly Looked[], all: number): string {
  const [last] = such;
  const { sip_status: sip = null, q850_cause: q850 = null, started_at: at = 0 } = last?.call ?? {};
  return [
    `${String(such.length)}/${String(all)}`,
    new Date(at).toISOString(),
    ...(sip === null ? [] : [`SIP ${String(sip)}`]),
    ...(q850 === null ? [] : [`Q.850 ${String(q850)}`]),
  ].join(", ");
}
