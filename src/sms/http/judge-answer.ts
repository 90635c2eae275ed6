import { parseRetryAfter } from "../../events/retry-schedule.js";
import type { HandedOver } from "../sending/way.js";
import type { Manner, Rule } from "./manners/manner.js";
import { textAt, textsAt } from "./place-in.js";
import type { PostAnswer } from "./post.js";

const TOO_MANY_REQUESTS = 429;
/** It is not for the message that these are refused. */
const GATEWAYS_OWN = [401, 402, 403, 404];
/** A gateway's word, as it may stand in events and logs: no number of a telephone fits it. */
const MOST_CODE = 40;

/** Taken, with the ids under which its parts are reported; or what else came of it. */
export type Judged =
  | { readonly kind: "accepted"; readonly ids: readonly string[] }
  | Exclude<HandedOver, { readonly kind: "accepted" }>;

/** What an answer means, by the gateway's manner. */
export function judgeAnswer({ status, retryAfter, text }: PostAnswer, manner: Manner, now: number): Judged {
  const json = parsed(text);
  const code = codeIn(json, manner, status);
  if (status === TOO_MANY_REQUESTS) {
    return { kind: "throttled", code, afterMs: parseRetryAfter(retryAfter, now) };
  }
  if (status < 200 || status >= 300) {
    if (!manner.refusedStatuses.includes(status)) return { kind: "unknown", code };
    return { kind: "refused", code, whose: GATEWAYS_OWN.includes(status) ? "gateway" : "message" };
  }
  const { accepted, throttled } = manner;
  if (accepted !== null) {
    const said = textsAt(json, accepted.at);
    if (said.length === 0) return { kind: "unknown", code: "unreadable_answer" };
    if (!said.every((value) => accepted.values.includes(value))) {
      // Of several parts one may have gone.
      if (said.some((value) => accepted.values.includes(value))) return { kind: "unknown", code };
      return holds(json, throttled)
        ? { kind: "throttled", code, afterMs: null }
        : { kind: "refused", code, whose: "message" };
    }
  }
  return { kind: "accepted", ids: textsAt(json, manner.idAt).map((id) => id.slice(0, 200)) };
}

function holds(json: unknown, rule: Rule | null): boolean {
  return rule !== null && textsAt(json, rule.at).some((value) => rule.values.includes(value));
}

/** The gateway's own word where it is short, else the status. */
function codeIn(json: unknown, { accepted, codeAt }: Manner, status: number): string {
  const words = codeAt === null ? [] : textsAt(json, codeAt);
  const word = words.find((said) => accepted?.at !== codeAt || !accepted.values.includes(said));
  if (word !== undefined && word.length <= MOST_CODE && !/\d{9}|\s/.test(word)) return word;
  return `http_${String(status)}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** A report's word for what went wrong, as far as it may be kept. */
export function reportedCode(json: unknown, codeAt: string): string | null {
  const word = textAt(json, codeAt);
  return word !== null && word.length <= MOST_CODE && !/\d{9}|\s/.test(word) ? word : null;
}
