import { EventEmitter } from "node:events";
import type { UnmatchedCall } from "../acts/note-unmatched.js";
import type { AttemptOutcome } from "../verification/status.js";
import type { PromptId } from "../verification/prompt-id.js";
import type { Ruling } from "../verification/ruling.js";

interface Happened {
  readonly verificationId: string;
  readonly clientId: string;
  readonly attemptId: string;
}

/** What happens on calls, as it happens: for the demo's timeline, metrics and logs. Never the keys. */
export type CallEvent = Happened &
  (
    | { readonly kind: "placed" }
    /** A call came in for it. */
    | { readonly kind: "arrived" }
    | { readonly kind: "ringing" }
    | { readonly kind: "answered" }
    /** What spells a code or a key to press is left out. */
    | { readonly kind: "said"; readonly pieces: readonly PromptId[] }
    /** Everything was heard: it is the person's turn. */
    | { readonly kind: "listening" }
    | { readonly kind: "key" }
    | { readonly kind: "ruled"; readonly ruling: Ruling }
    | {
        readonly kind: "ended";
        readonly outcome: AttemptOutcome;
        readonly sipStatus: number | null;
        readonly q850Cause: number | null;
      }
  );

/** An event without the ids that its call adds. */
export type CallEventBody = CallEvent extends infer E
  ? E extends CallEvent
    ? Omit<E, keyof Happened>
    : never
  : never;

export type CallEvents = EventEmitter<{ call: [CallEvent]; inbound_unmatched: [UnmatchedCall] }>;

export function createCallEvents(): CallEvents {
  return new EventEmitter();
}
