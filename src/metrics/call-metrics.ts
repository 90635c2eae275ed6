import type { UnmatchedCall } from "../acts/note-unmatched.js";
import type { CallEvent, CallEvents } from "../telephony/call-events.js";
import { CALL_FAULTS } from "../telephony/call-fault.js";
import { ATTEMPT_NOTES } from "../verification/attempt-note.js";
import { DIRECTIONS } from "../verification/request-terms.js";
import { CALL_OUTCOMES } from "../verification/status.js";
import type { MetricsRegistry, Spread, Tally } from "./metrics-registry.js";
import { sipWord } from "./sip-word.js";
import { among, combinations } from "./words.js";

/** A person is made to wait by these. */
const MOMENTS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 4];
const WAITS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60];
const RINGING = [1, 2, 5, 10, 15, 20, 30, 40, 60, 120];
const CALLS = [5, 10, 20, 30, 45, 60, 90, 120, 180, 300, 600];

/** What of a call is kept until its end, by `performance.now()`. */
interface Course {
  rangAt?: number;
  answeredAt?: number;
  /** Something has been said. */
  spoken?: boolean;
  keyedAt?: number;
}

/** What happens on calls, as {@link CallEvents} tell it. */
export class CallMetrics {
  readonly #trunks: readonly string[];
  readonly #courses = new Map<string, Course>();
  readonly #attempts: Tally<"direction" | "outcome" | "trunk">;
  readonly #answers: Tally<"trunk" | "status">;
  readonly #wait: Spread<never>;
  readonly #ringing: Spread<"trunk">;
  readonly #firstWord: Spread<"direction">;
  readonly #verdict: Spread<never>;
  readonly #talk: Spread<"direction">;
  readonly #rulings: Tally<"ruling">;
  readonly #faults: Tally<"fault">;
  readonly #notes: Tally<"note">;
  readonly #unmatched: Tally<"why">;

  /** @param trunks by their names; `other` stands for whatever else an Asterisk of the user's own may name. */
  constructor(registry: MetricsRegistry, trunks: readonly string[]) {
    this.#trunks = trunks;
    this.#attempts = registry.counter(
      "honnin_call_attempts_total",
      "Calls that have ended, by how",
      ["direction", "outcome", "trunk"],
      combinations({ direction: DIRECTIONS, outcome: CALL_OUTCOMES, trunk: trunks }),
    );
    this.#answers = registry.counter(
      "honnin_sip_refusals_total",
      "Final SIP answers to our INVITEs that were no 200",
      ["trunk", "status"],
    );
    this.#wait = registry.histogram(
      "honnin_call_wait_seconds",
      "From the registration of a verification to the INVITE of its first call",
      WAITS,
    );
    this.#ringing = registry.histogram(
      "honnin_call_ringing_seconds",
      "From the ringing of a called telephone to its answer",
      RINGING,
      ["trunk"],
    );
    this.#firstWord = registry.histogram(
      "honnin_call_first_word_seconds",
      "From the answer of a call to the order for its first prompt",
      MOMENTS,
      ["direction"],
    );
    this.#verdict = registry.histogram(
      "honnin_call_verdict_seconds",
      "From the last key of an entry to its ruling, which is durable by then",
      MOMENTS,
    );
    this.#talk = registry.histogram(
      "honnin_call_duration_seconds",
      "From the answer of a call to its end",
      CALLS,
      ["direction"],
    );
    const rulings = ["verified", "wrong", "failed", "barred", "closed"];
    this.#rulings = registry.counter(
      "honnin_rulings_total",
      "What was ruled on what persons keyed, or did not key",
      ["ruling"],
      combinations({ ruling: rulings }),
    );
    this.#faults = registry.counter(
      "honnin_call_faults_total",
      "What went wrong on calls for no fault of the person's",
      ["fault"],
      combinations({ fault: CALL_FAULTS }),
    );
    this.#notes = registry.counter(
      "honnin_keys_not_understood_total",
      "Calls on which keys came and were not understood, or did not count",
      ["note"],
      combinations({ note: ATTEMPT_NOTES }),
    );
    this.#unmatched = registry.counter(
      "honnin_inbound_unmatched_total",
      "Calls that came in and that nothing waited for",
      ["why"],
      combinations({ why: ["withheld", "unknown"] }),
    );
  }

  listen(events: CallEvents): void {
    events.on("call", (event) => {
      this.#on(event);
    });
    events.on("fault", (fault) => {
      this.#faults.add({ fault });
    });
    events.on("note", (note) => {
      this.#notes.add({ note });
    });
    events.on("inbound_unmatched", ({ why }: Pick<UnmatchedCall, "why">) => {
      this.#unmatched.add({ why });
    });
  }

  #on(event: CallEvent): void {
    const now = performance.now();
    const { attemptId, direction } = event;
    const course = this.#courses.get(attemptId) ?? {};
    switch (event.kind) {
      case "placed":
        if (event.waitedMs !== null) this.#wait.observe({}, event.waitedMs / 1000);
        this.#courses.set(attemptId, course);
        return;
      case "arrived":
        this.#courses.set(attemptId, course);
        return;
      case "ringing":
        course.rangAt = now;
        return;
      case "answered":
        course.answeredAt = now;
        if (course.rangAt !== undefined) {
          this.#ringing.observe({ trunk: this.#trunkOf(event) }, (now - course.rangAt) / 1000);
        }
        return;
      case "said":
        if (course.answeredAt !== undefined && course.spoken !== true) {
          this.#firstWord.observe({ direction }, (now - course.answeredAt) / 1000);
        }
        course.spoken = true;
        return;
      case "key":
        course.keyedAt = now;
        return;
      case "ruled":
        this.#onRuled(event.ruling.kind, course, now);
        return;
      case "ended":
        this.#onEnded(event, course, now);
        return;
      case "listening":
    }
  }

  #onRuled(ruling: string, course: Course, now: number): void {
    this.#rulings.add({ ruling });
    // Of an entry that the time has ended the last key tells nothing.
    if (course.keyedAt !== undefined) this.#verdict.observe({}, (now - course.keyedAt) / 1000);
    delete course.keyedAt;
  }

  #onEnded(event: CallEvent & { readonly kind: "ended" }, course: Course, now: number): void {
    const { attemptId, direction, outcome, sipStatus } = event;
    this.#courses.delete(attemptId);
    const trunk = this.#trunkOf(event);
    this.#attempts.add({ direction, outcome, trunk });
    if (sipStatus !== null && direction === "outbound") {
      this.#answers.add({ trunk, status: sipWord(sipStatus) });
    }
    if (course.answeredAt !== undefined) {
      this.#talk.observe({ direction }, (now - course.answeredAt) / 1000);
    }
  }

  #trunkOf({ trunk }: CallEvent): string {
    return trunk === null ? "none" : among(this.#trunks, trunk);
  }
}
