import { time } from "../representation/time.js";
import type { AttemptRow } from "../store/attempts.js";
import { keptCall } from "../store/kept-call.js";
import { openEvidence } from "../store/sealed-columns.js";
import { keptTransaction } from "../store/sealed-transaction.js";
import type { ToldEvent } from "../store/verification-events.js";
import type { VerificationRow } from "../store/verifications.js";
import type { Vault } from "../vault/vault.js";
import { endingOf } from "../verification/call-ending.js";
import { readStory, type Story, type StoryStep } from "../verification/call-story.js";
import { maskNumbers } from "../verification/mask-numbers.js";
import { maskNumber } from "../verification/phone-number.js";
import type {
  CallStep,
  CallTold,
  EventTold,
  VerificationInShort,
  VerificationTold,
} from "./contract/verifications.js";

/** A line of a list. @param names of clients by their ids. */
export function inShort(
  row: VerificationRow,
  names: ReadonlyMap<string, string>,
  vault: Vault,
): VerificationInShort {
  return {
    id: row.id,
    client: { id: row.client_id, name: names.get(row.client_id) ?? row.client_id },
    status: row.status,
    reason: row.reason,
    number: maskNumber(vault.decipherNumber(row.number_cipher)),
    direction: row.direction,
    channel: row.channel,
    method: row.method,
    created_at: time(row.created_at),
    completed_at: time(row.completed_at),
  };
}

/** What its client gave it to carry, which may be anything. */
export function maskedMetadata({ metadata }: VerificationRow): Record<string, string> {
  const given = Object.entries(JSON.parse(metadata) as Record<string, string>);
  return Object.fromEntries(given.map(([name, value]) => [maskNumbers(name), maskNumbers(value)]));
}

/** What its client wrote there may be anything, too. */
export function maskedTransaction(row: VerificationRow, vault: Vault): VerificationTold["transaction"] {
  const kept = keptTransaction(vault, row);
  if (kept === null) return null;
  const masked = (text: string | null): string | null => (text === null ? null : maskNumbers(text));
  return { ...kept, payee: masked(kept.payee), reference: masked(kept.reference) };
}

/** A call from its beginning to its end. */
export function toldCall(attempt: AttemptRow, vault: Vault): CallTold {
  const story = readStory(attempt.story);
  const caller = callerOf(attempt, vault);
  return {
    id: attempt.id,
    channel: attempt.channel,
    gateway: attempt.gateway,
    gateway_error: attempt.gateway_error,
    direction: attempt.direction,
    started_at: time(attempt.started_at),
    ringing_at: time(attempt.ringing_at),
    answered_at: time(attempt.answered_at),
    ended_at: time(attempt.ended_at),
    // Of a call that no trunk's endpoint took in, the evidence alone says where it came from.
    trunk: attempt.trunk ?? caller?.trunk ?? null,
    outcome: attempt.outcome,
    sip_status: attempt.sip_status,
    q850_cause: attempt.q850_cause,
    note: attempt.note,
    end: endOf(attempt, story),
    caller,
    story: story === null ? null : { steps: story.steps.map(toldStep), left_out: story.leftOut },
  };
}

function endOf(attempt: AttemptRow, story: Story | null): CallTold["end"] {
  const kept = attempt.channel === "sms" ? null : keptCall(attempt, story);
  return kept && endingOf(kept);
}

function callerOf(attempt: AttemptRow, vault: Vault): CallTold["caller"] {
  const said = openEvidence(vault, attempt);
  if (said === null) return null;
  const masked = (text: string | null): string | null => (text === null ? null : maskNumbers(text));
  return { ...said, from: masked(said.from), p_asserted_identity: masked(said.p_asserted_identity) };
}

function toldStep(step: StoryStep): CallStep {
  const at = time(step.at);
  switch (step.kind) {
    case "said":
      return { at, kind: "said", pieces: [...step.pieces] };
    case "keys":
      return { at, kind: "keys", count: step.count };
    case "ruled": {
      const { ruling } = step;
      return {
        ...{ at, kind: "ruled", ruling: ruling.kind },
        tries_left: ruling.kind === "wrong" ? ruling.triesLeft : null,
        reason: ruling.kind === "failed" ? ruling.reason : null,
      };
    }
  }
}

/** An event and how far it is. */
export function toldEvent(event: ToldEvent): EventTold {
  return { id: event.id, type: event.type, at: time(event.created_at), delivery: deliveryOf(event) };
}

function deliveryOf(event: ToldEvent): EventTold["delivery"] {
  const { attempts, delivered_at, next_attempt_at, last_status, last_error } = event;
  if (attempts === null) return null;
  const state = stateOf(event);
  const isAwaited = state === "waiting" || state === "retrying";
  return {
    ...{ state, attempts, last_status, last_error },
    next_attempt_at: isAwaited ? time(next_attempt_at) : null,
    delivered_at: time(delivered_at),
  };
}

function stateOf({ delivered_at, dead, attempts }: ToldEvent): NonNullable<EventTold["delivery"]>["state"] {
  if (delivered_at !== null) return "delivered";
  if (dead === 1) return "failed";
  return attempts === 0 ? "waiting" : "retrying";
}
