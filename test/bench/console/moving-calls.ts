import { EventEmitter } from "node:events";
import { v7 as uuidv7 } from "uuid";
import type { CallHappening, LiveSources } from "../../../src/console/live/live-sources.js";
import { insertAttempt, markEnded } from "../../../src/store/attempts.js";
import { insertClient } from "../../../src/store/clients.js";
import { insertVerification } from "../../../src/store/verifications.js";
import { ConsoleFixture } from "../../console/console-fixture.js";
import { QUIET } from "../../console/quiet-sources.js";
import { verificationRow } from "../../support/verification-rows.js";

/** What is told of one call, in order; with the pauses below it lasts 24 seconds. */
const COURSE = [
  ...["ringing", "answered", "said", "listening", "key", "key", "key", "key", "key", "key"],
  ...["ruled wrong", "said", "listening", "key", "key", "key", "key", "key", "key", "ruled", "said", "ended"],
] as const;
type Step = (typeof COURSE)[number];

const STEP_MS = 1_100;
const TICK_MS = 50;
const CLIENTS = ["みらい銀行", "さくら証券", "Acme Energy"];

interface Moving {
  readonly seq: number;
  readonly verificationId: string;
  readonly attemptId: string;
  next: number;
  dueAt: number;
}

/**
 * A console at which so many calls move all the time: told by the telephones' own events and stored as calls are, and
 * in the place of each that ends another begins. There are no telephones: what is measured is the page.
 */
export class MovingCalls {
  readonly fixture: ConsoleFixture;
  readonly #events: EventEmitter<{ call: [CallHappening] }>;
  readonly #calls = new Set<Moving>();
  #timer: NodeJS.Timeout | undefined;
  #made = 0;
  #happened = 0;
  #running: Promise<void> = Promise.resolve();

  private constructor(fixture: ConsoleFixture, events: EventEmitter<{ call: [CallHappening] }>) {
    this.fixture = fixture;
    this.#events = events;
  }

  static async start(count: number): Promise<MovingCalls> {
    const events = new EventEmitter<{ call: [CallHappening] }>();
    const sources: LiveSources = {
      ...QUIET,
      onCall: (tell) => {
        events.on("call", tell);
        return () => events.off("call", tell);
      },
      lines: () => ({ inUse: count, max: count }),
    };
    const moving = new MovingCalls(await ConsoleFixture.start("localhost", { sources }), events);
    const { fixture } = moving;
    fixture.now = Date.now();
    await fixture.store.write(async (db) => {
      for (const [nth, name] of CLIENTS.entries())
        await insertClient(db, { id: `cli_${nth}`, name, created_at: 1 });
    });
    for (let nth = 0; nth < count; nth += 1) {
      const call = await moving.#begin();
      // Somewhere on its way, or all would do the same at the same time.
      const done = nth % (COURSE.length - 1);
      for (const step of COURSE.slice(0, done)) moving.#tell(call, step);
      call.next = done;
      call.dueAt += (nth * 37) % STEP_MS;
    }
    return moving;
  }

  /** What has been told of calls so far. */
  get happened(): number {
    return this.#happened;
  }

  move(): void {
    this.#timer = setInterval(() => {
      this.fixture.now = Date.now();
      for (const call of this.#calls) {
        if (call.dueAt > this.fixture.now) continue;
        const step = COURSE[call.next];
        call.next += 1;
        call.dueAt += STEP_MS;
        if (step === undefined) continue;
        if (step === "ended") this.#running = this.#running.then(() => this.#replace(call));
        else this.#tell(call, step);
      }
    }, TICK_MS);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.fixture.stop();
  }

  async #replace(call: Moving): Promise<void> {
    this.#calls.delete(call);
    const { store } = this.fixture;
    const { attemptId: id, seq } = call;
    const at = this.fixture.now;
    await store.write(async (db) => {
      await markEnded(db, { id, at, outcome: "answered", sipStatus: 200, q850Cause: 16, story: null });
      const done = { status: "verified", completed_at: at } as const;
      await db.updateTable("verifications").set(done).where("seq", "=", seq).execute();
    });
    this.#happened += 1;
    this.#events.emit("call", { ...idsOf(call), kind: "ended", outcome: "answered" });
    await this.#begin();
  }

  async #begin(): Promise<Moving> {
    const { store } = this.fixture;
    const now = this.fixture.now;
    const [verificationId, attemptId] = [uuidv7(), uuidv7()];
    this.#made += 1;
    const client = `cli_${this.#made % CLIENTS.length}`;
    const row = { ...verificationRow(store, client, verificationId, now), status: "in_progress" as const };
    const seq = await store.write(async (db) => {
      const made = await insertVerification(db, { ...row, next_attempt_at: null });
      if (made === undefined) throw new Error("the verification was not stored");
      const attempt = {
        id: attemptId,
        verification_seq: made.seq,
        direction: "outbound",
        started_at: now,
      } as const;
      await insertAttempt(db, attempt);
      return made.seq;
    });
    const call: Moving = { seq, verificationId, attemptId, next: 0, dueAt: now + STEP_MS };
    this.#calls.add(call);
    this.#happened += 1;
    this.#events.emit("call", { ...idsOf(call), kind: "placed" });
    return call;
  }

  #tell(call: Moving, step: Step): void {
    this.#happened += 1;
    const ids = idsOf(call);
    switch (step) {
      case "ruled wrong":
        this.#events.emit("call", { ...ids, kind: "ruled", ruling: { kind: "wrong", triesLeft: 2 } });
        return;
      case "ruled":
        this.#events.emit("call", { ...ids, kind: "ruled", ruling: { kind: "verified" } });
        return;
      case "ended":
        this.#events.emit("call", { ...ids, kind: "ended", outcome: "answered" });
        return;
      case "ringing":
      case "answered":
      case "said":
      case "listening":
      case "key":
        this.#events.emit("call", { ...ids, kind: step });
    }
  }
}

function idsOf({ verificationId, attemptId }: Moving): { verificationId: string; attemptId: string } {
  return { verificationId, attemptId };
}
