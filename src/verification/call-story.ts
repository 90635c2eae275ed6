import type { PromptId } from "./prompt-id.js";
import type { Ruling } from "./ruling.js";

/** Who ended a call: we, or somebody on the far side (the person, the telephone, the network). */
export type HungUpBy = "us" | "them";

/** Something on a call, epoch milliseconds. Of keys only how many came in a row: never which, nor how fast. */
export type StoryStep =
  | { readonly at: number; readonly kind: "said"; readonly pieces: readonly string[] }
  | { readonly at: number; readonly kind: "keys"; readonly count: number }
  | { readonly at: number; readonly kind: "ruled"; readonly ruling: Ruling };

/** What was said, keyed and ruled on a call. */
export interface Story {
  readonly steps: readonly StoryStep[];
  /** Steps that came after so many that no more were kept. */
  readonly leftOut: number;
  /** Null: nobody did, the call was lost. */
  readonly hungUpBy: HungUpBy | null;
}

/** A conversation has a dozen; who plays with the star key for minutes fills no database. */
const MOST_STEPS = 80;

/** As it is kept: a step is a row, its time counted from the first. */
type Row =
  | readonly [ms: number, kind: "said", ...pieces: string[]]
  | readonly [ms: number, kind: "keys", count: number]
  | readonly [ms: number, kind: "ruled", ruling: Ruling];
interface Kept {
  readonly from: number;
  readonly steps: readonly Row[];
  readonly left_out?: number;
  readonly hung_up_by?: HungUpBy;
}

/** Writes down what happens on a call. */
export class CallStory {
  readonly #steps: StoryStep[] = [];
  #leftOut = 0;

  said(at: number, pieces: readonly PromptId[]): void {
    this.#add({ at, kind: "said", pieces });
  }

  key(at: number): void {
    const last = this.#steps.at(-1);
    if (last?.kind === "keys" && this.#leftOut === 0) {
      this.#steps[this.#steps.length - 1] = { ...last, count: last.count + 1 };
    } else this.#add({ at, kind: "keys", count: 1 });
  }

  ruled(at: number, ruling: Ruling): void {
    this.#add({ at, kind: "ruled", ruling });
  }

  /** As it is stored with the call; null where nothing is to be told. */
  end(hungUpBy: HungUpBy | null): string | null {
    if (this.#steps.length === 0 && hungUpBy === null) return null;
    const from = this.#steps[0]?.at ?? 0;
    const kept: Kept = {
      from,
      steps: this.#steps.map((step) => rowOf(step, from)),
      ...(this.#leftOut === 0 ? {} : { left_out: this.#leftOut }),
      ...(hungUpBy === null ? {} : { hung_up_by: hungUpBy }),
    };
    return JSON.stringify(kept);
  }

  #add(step: StoryStep): void {
    if (this.#steps.length < MOST_STEPS) this.#steps.push(step);
    else this.#leftOut += 1;
  }
}

/** What {@link CallStory.end} gave, again; null of a call from before stories were kept, or without one. */
export function readStory(stored: string | null): Story | null {
  if (stored === null) return null;
  const { from, steps, left_out: leftOut = 0, hung_up_by: hungUpBy = null } = JSON.parse(stored) as Kept;
  return { steps: steps.map((row) => stepOf(row, from)), leftOut, hungUpBy };
}

function rowOf(step: StoryStep, from: number): Row {
  const ms = step.at - from;
  switch (step.kind) {
    case "said":
      return [ms, step.kind, ...step.pieces];
    case "keys":
      return [ms, step.kind, step.count];
    case "ruled":
      return [ms, step.kind, step.ruling];
  }
}

function stepOf(row: Row, from: number): StoryStep {
  const at = from + row[0];
  switch (row[1]) {
    case "said":
      return { at, kind: "said", pieces: row.slice(2) as string[] };
    case "keys":
      return { at, kind: "keys", count: row[2] };
    case "ruled":
      return { at, kind: "ruled", ruling: row[2] };
  }
}
