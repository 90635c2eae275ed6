import { EventEmitter } from "node:events";
import type { UnmatchedCall } from "../acts/note-unmatched.js";
import type { AttemptNote } from "../verification/attempt-note.js";
import type { Direction } from "../verification/request-terms.js";
import type { AttemptOutcome } from "../verification/status.js";
import type { PromptId } from "../verification/prompt-id.js";
import type { Ruling } from "../verification/ruling.js";
import type { CallFault } from "./call-fault.js";

interface Happened {
  readonly verificationId: string;
  readonly clientId: string;
  readonly attemptId: string;
  /** Of the call, not of its verification: one is called back for a verification of the other. */
  readonly direction: Direction;
  /** By which it goes or came; null: by none yet. */
  readonly trunk: string | null;
}

/** What happens on calls, as it happens: for the demo's timeline, metrics and logs. Never the keys. */
export type CallEvent = Happened &
  (
    | {
        readonly kind: "placed";
        /** Since the verification was registered, milliseconds; null of a redial and a call back. */
        readonly waitedMs: number | null;
      }
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

export type CallEvents = EventEmitter<{
  call: [CallEvent];
  inbound_unmatched: [UnmatchedCall];
  fault: [CallFault];
  note: [AttemptNote];
}>;

export function createCallEvents(): CallEvents {
  return new EventEmitter();
}
