import { addEvidence, testify, type Witness, withWitnesses } from "../support/evidence.js";

/** Telephones and calls are many and slow, so stories run side by side, each on a number of its own. */
const AT_ONCE = 8;

interface Story<Stage> {
  readonly title: string;
  readonly play: (stage: Stage) => Promise<void>;
}

/** A telephone, as far as its story is told: see `SippPhone.transcript`. */
interface Listener extends Witness {
  transcript(): string;
}

/**
 * The story in which this is called has this telephone in it: what it hears is printed under the title, and
 * its SIP too where the story does not come out.
 */
export function joinStory(phone: Listener): void {
  testify(phone);
}

/** The stories of one file: told at load, played together, and reported one by one as tests. */
export class Stories<Stage> {
  readonly #stories: Story<Stage>[] = [];
  readonly #results = new Map<string, PromiseWithOutcome>();
  #begun = false;

  /** Notes a story; `play` throws when it does not come out as its title says. */
  tell(title: string, play: Story<Stage>["play"]): void {
    if (this.#results.has(title)) throw new Error(`two stories have the title ${title}`);
    this.#stories.push({ title, play });
    this.#results.set(title, withOutcome());
  }

  /** The same stories, to be played once more on another stage. */
  anew(): Stories<Stage> {
    const copy = new Stories<Stage>();
    for (const { title, play } of this.#stories) copy.tell(title, play);
    return copy;
  }

  /** Begins all of them, {@link AT_ONCE} at a time; call it in `before`. */
  playOn(stage: Stage): void {
    this.#begun = true;
    const waiting = [...this.#stories];
    const next = async (): Promise<void> => {
      for (let story = waiting.shift(); story !== undefined; story = waiting.shift()) {
        const witnesses = new Set<Witness>();
        const outcome = await withWitnesses(witnesses, () => story.play(stage)).then(
          () => ({}),
          (error: unknown) => {
            addEvidence(error, witnesses);
            return { error };
          },
        );
        const heard = [...witnesses].filter(listens).map((phone) => phone.transcript());
        this.#results.get(story.title)?.settle({ ...outcome, heard });
      }
    };
    for (let i = 0; i < AT_ONCE; i++) void next();
  }

  /** One test for each story; call it in `describe`. */
  report(): void {
    let heard: readonly string[] = [];
    // After the test, so that the line is below its title.
    afterEach(() => {
      for (const line of heard) if (line !== "") console.log(`      heard: ${line}`);
      heard = [];
    });
    for (const [title, { outcome }] of this.#results) {
      it(title, async () => {
        const result = await outcome;
        heard = result.heard;
        if ("error" in result) throw result.error;
      });
    }
  }

  /** Resolves when the last has ended, however it did; at once when none was begun. */
  async over(): Promise<void> {
    if (!this.#begun) return;
    await Promise.all([...this.#results.values()].map(({ outcome }) => outcome));
  }
}

function listens(witness: Witness): witness is Listener {
  return "transcript" in witness;
}

interface Outcome {
  /** By each telephone of the story, in the order in which they came. */
  readonly heard: readonly string[];
  readonly error?: unknown;
}

interface PromiseWithOutcome {
  readonly outcome: Promise<Outcome>;
  readonly settle: (outcome: Outcome) => void;
}

function withOutcome(): PromiseWithOutcome {
  let settle: (outcome: Outcome) => void = () => undefined;
  const outcome = new Promise<Outcome>((resolve) => {
    settle = resolve;
  });
  return { outcome, settle };
}
