import type { PromptId } from "./prompt-id.js";
import type { Entry, Ruling } from "./ruling.js";
import type { VerificationStatus } from "./status.js";

/**
 * The words of every conversation: what happens on a call goes in, what to do comes out. A conversation is a reducer
 * of them, which knows no telephone, no clock and no database, so that each of its paths can be tested in microseconds.
 */

export type Key = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "*" | "#";

export type Input =
  | { readonly type: "answered" }
  /** Doubtful: it may be the one before, told again. */
  | { readonly type: "key"; readonly key: Key; readonly doubtful?: boolean }
  /** Everything of the last `say` has been heard. */
  | { readonly type: "said" }
  /** The time set by the last `wait` is over. */
  | { readonly type: "waited" }
  | { readonly type: "ruled"; readonly ruling: Ruling }
  /** What the last `reveal` asked for; that it is being told is durable. */
  | { readonly type: "revealed"; readonly secret: string }
  /** The verification ended for another cause than this conversation, or cannot be ruled on. */
  | { readonly type: "ended"; readonly status: VerificationStatus | "unavailable" };

export type Effect =
  /** Play these pieces in place of whatever is playing. */
  | { readonly do: "say"; readonly pieces: readonly PromptId[] }
  /** Stop what is playing; no `said` follows. */
  | { readonly do: "hush" }
  /** (Re)start the one timer. */
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "stop_waiting" }
  | { readonly do: "rule"; readonly entry: Entry }
  /** Note durably that the code is being read aloud, then give it. */
  | { readonly do: "reveal" }
  | { readonly do: "hang_up" };

export interface Step<State> {
  readonly next: State;
  readonly effects: readonly Effect[];
}

/** A conversation with its rules: all that it takes to carry it out. */
export interface Dialogue<State> {
  readonly before: State;
  readonly step: (state: State, input: Input) => Step<State>;
}

/** A conversation under way, whatever its states are. */
export type Talk = (input: Input) => readonly Effect[];

export function talkBy<State>({ before, step }: Dialogue<State>): Talk {
  let state = before;
  return (input) => {
    const { next, effects } = step(state, input);
    state = next;
    return effects;
  };
}
