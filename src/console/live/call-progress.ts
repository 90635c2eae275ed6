import type { Clock } from "../../clock.js";
import { time } from "../../representation/time.js";
import type { AttemptOutcome } from "../../verification/status.js";
import type { LivePhase, LiveStep, LiveVerdict } from "../contract/live.js";
import type { CallHappening } from "./live-sources.js";

/** How long what happened on a call is remembered after its end: for pages that show it until then. */
const REMEMBER_MS = 10_000;
/** Of a call that goes on and on the oldest are forgotten. */
const MOST_STEPS = 200;

/** How far a call has come, finer than the database knows it. */
export interface Progress {
  readonly verificationId: string;
  phase: Exclude<LivePhase, "queued">;
  since: number;
  keys: number;
  verdict: LiveVerdict | null;
  triesLeft: number | null;
  outcome: AttemptOutcome | null;
  readonly steps: LiveStep[];
}

const NOTHING_MORE = { keys: null, verdict: null, tries_left: null, outcome: null } as const;

/** Follows the calls by what the telephones tell. Which keys they were is not told. */
export class CallProgress {
  readonly #clock: Clock;
  readonly #calls = new Map<string, Progress>();
  readonly #forgetting = new Set<NodeJS.Timeout>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(attemptId: string): Progress | undefined {
    return this.#calls.get(attemptId);
  }

  /** Calls that have ended and are remembered. */
  get ended(): string[] {
    return [...this.#calls].flatMap(([attemptId, { phase }]) => (phase === "ended" ? [attemptId] : []));
  }

  /** On all calls of a verification that are remembered, in order. */
  stepsOf(verificationId: string): LiveStep[] {
    return [...this.#calls.values()]
      .filter((call) => call.verificationId === verificationId)
      .flatMap(({ steps }) => steps);
  }

  readonly note = (happening: CallHappening): void => {
    const { verificationId, attemptId, kind } = happening;
    const now = this.#clock();
    let call = this.#calls.get(attemptId);
    if (call === undefined) {
      call = {
        ...{ verificationId, phase: "placed", since: now, keys: 0, steps: [] },
        ...{ verdict: null, triesLeft: null, outcome: null },
      };
      this.#calls.set(attemptId, call);
    }
    switch (kind) {
      case "placed":
      case "arrived":
      case "ringing":
      case "answered":
      case "listening":
        this.#enter(call, kind, now);
        return;
      case "said":
        call.keys = 0;
        this.#enter(call, "speaking", now);
        return;
      case "key":
        this.#noteKey(call, now);
        return;
      case "ruled": {
        const { ruling } = happening;
        call.verdict = ruling.kind;
        call.triesLeft = ruling.kind === "wrong" ? ruling.triesLeft : null;
        add(call, now, { what: "ruled", verdict: call.verdict, tries_left: call.triesLeft });
        return;
      }
      case "ended":
        call.outcome = happening.outcome;
        this.#enter(call, "ended", now);
        this.#forgetLater(attemptId);
    }
  };

  stop(): void {
    for (const timer of this.#forgetting) clearTimeout(timer);
  }

  #enter(call: Progress, phase: Progress["phase"], now: number): void {
    if (call.phase === phase && call.steps.length > 0) return;
    call.phase = phase;
    call.since = now;
    add(call, now, { what: phase, outcome: phase === "ended" ? call.outcome : null });
  }

  #noteKey(call: Progress, now: number): void {
    call.keys += 1;
    // A key stops what is said: it is the person's turn from then on.
    if (call.phase === "speaking") {
      call.phase = "listening";
      call.since = now;
    }
    const last = call.steps.at(-1);
    if (last?.what === "keys") call.steps[call.steps.length - 1] = { ...last, keys: call.keys };
    else add(call, now, { what: "keys", keys: call.keys });
  }

  #forgetLater(attemptId: string): void {
    const timer = setTimeout(() => {
      this.#forgetting.delete(timer);
      this.#calls.delete(attemptId);
    }, REMEMBER_MS).unref();
    this.#forgetting.add(timer);
  }
}

function add({ steps }: Progress, now: number, step: Partial<LiveStep> & Pick<LiveStep, "what">): void {
  steps.push({ ...NOTHING_MORE, at: time(now), ...step });
  if (steps.length > MOST_STEPS) steps.shift();
}
