import type { CallTold, VerificationTold } from "../contract/verifications.js";
import { inLanguage, type Language } from "./language.js";
import { promptWords } from "./telephony-words.js";
import { TIMELINE_WORDS } from "./timeline-words.js";
import { REASON_WORDS, RULING_WORDS, STATUS_WORDS, triesLeft } from "./verification-words.js";

/** Something that happened, as it stands in the timeline. */
export interface Happening {
  readonly at: string;
  readonly what: string;
  readonly kind: "plain" | "good" | "bad";
  /** Shown below: what was said, dots for keys. */
  readonly more?: string;
  /** Of which call, counted from one; null: of none. */
  readonly call: number | null;
  /** The call, where this is its end. */
  readonly ended?: CallTold;
}

/** Everything that happened to a verification, in the order of time. */
export function happeningsOf(told: VerificationTold, language: Language): Happening[] {
  const own = TIMELINE_WORDS[language];
  const all = [
    { at: told.created_at, what: own.begun, kind: "plain", call: null } satisfies Happening,
    ...told.calls.flatMap((call, index) => happeningsOfCall(call, index + 1, language)),
    ...endOf(told, language),
  ];
  // A sort that keeps the order of what happened in the same moment.
  return all.sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function endOf({ completed_at, status, reason }: VerificationTold, language: Language): Happening[] {
  if (completed_at === null) return [];
  const kind = status === "verified" ? "good" : status === "failed" ? "bad" : "plain";
  const why = reason === null ? {} : { more: inLanguage(REASON_WORDS[reason], language) };
  return [{ at: completed_at, what: inLanguage(STATUS_WORDS[status], language), kind, call: null, ...why }];
}

function beginOf({ channel, direction }: CallTold, language: Language): string {
  const own = TIMELINE_WORDS[language];
  if (channel === "sms") return own.messageBegun;
  return direction === "outbound" ? own.callPlaced : own.callArrived;
}

function happeningsOfCall(call: CallTold, nth: number, language: Language): Happening[] {
  const own = TIMELINE_WORDS[language];
  const plain = (at: string | null, what: string): Happening[] =>
    at === null ? [] : [{ at, what, kind: "plain", call: nth }];
  const steps = (call.story?.steps ?? []).flatMap((step): Happening[] => {
    switch (step.kind) {
      case "said": {
        const more = promptWords(step.pieces, language);
        return more === "" ? [] : [{ at: step.at, what: own.said, kind: "plain", call: nth, more }];
      }
      case "keys": {
        const more = "●".repeat(Math.min(step.count, 40));
        return [{ at: step.at, what: own.keys(step.count), kind: "plain", call: nth, more }];
      }
      case "ruled": {
        const details = [
          ...(step.tries_left === null ? [] : [triesLeft(step.tries_left, language)]),
          ...(step.reason === null ? [] : [inLanguage(REASON_WORDS[step.reason], language)]),
        ];
        const kind = step.ruling === "verified" ? "good" : step.ruling === "closed" ? "plain" : "bad";
        const what = inLanguage(RULING_WORDS[step.ruling], language);
        return [
          {
            at: step.at,
            what,
            kind,
            call: nth,
            ...(details.length === 0 ? {} : { more: details.join(" ") }),
          },
        ];
      }
    }
  });
  return [
    ...plain(call.started_at, beginOf(call, language)),
    ...plain(call.ringing_at, own.ringing),
    ...plain(call.answered_at, own.answered),
    ...steps,
    ...(call.ended_at === null
      ? []
      : [
          {
            at: call.ended_at,
            what: call.channel === "sms" ? own.messageEnded : own.callEnded,
            kind: "plain",
            call: nth,
            ended: call,
          } satisfies Happening,
        ]),
  ];
}
