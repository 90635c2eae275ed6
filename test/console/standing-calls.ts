import { EventEmitter } from "node:events";
import { v7 as uuidv7 } from "uuid";
import type { CallHappening } from "../../src/console/live/live-sources.js";
import { insertAttempt } from "../../src/store/attempts.js";
import { insertClient } from "../../src/store/clients.js";
import { insertVerification } from "../../src/store/verifications.js";
import type { WaitReason } from "../../src/verification/wait-reason.js";
import { verificationRow } from "../support/verification-rows.js";
import { ConsoleFixture } from "./console-fixture.js";
import { QUIET } from "./quiet-sources.js";

type Kind = Exclude<CallHappening["kind"], "ruled" | "ended">;

/** Calls that stand as they are, of a service that is not well: nothing moves while a page is looked at. */
export class StandingCalls {
  readonly fixture: ConsoleFixture;
  readonly #events: EventEmitter<{ call: [CallHappening] }>;

  private constructor(fixture: ConsoleFixture, events: EventEmitter<{ call: [CallHappening] }>) {
    this.fixture = fixture;
    this.#events = events;
  }

  static async start(): Promise<StandingCalls> {
    const events = new EventEmitter<{ call: [CallHappening] }>();
    const waits = new Map<number, WaitReason>();
    const fixture = await ConsoleFixture.start("localhost", {
      sources: {
        ...QUIET,
        onCall: (tell) => {
          events.on("call", tell);
          return () => events.off("call", tell);
        },
        waits: () => waits,
        lines: () => ({ inUse: 3, max: 3 }),
        trunk: () => "refused",
        certificateEnd: fixtureNow() + 12 * 86_400_000,
      },
    });
    const standing = new StandingCalls(fixture, events);
    await fixture.store.write((db) =>
      insertClient(db, { id: "cli_bank", name: "みらい銀行", created_at: 1 }),
    );
    await standing.#call("ringing", ["placed", "ringing"]);
    await standing.#call("keyed", ["placed", "ringing", "answered", "said", "listening", "key", "key"]);
    const wrong = await standing.#call("wrong", ["placed", "answered", "said", "listening"]);
    events.emit("call", { ...wrong, kind: "ruled", ruling: { kind: "wrong", triesLeft: 2 } });
    waits.set(await standing.#waiting("for a line", 0), "line");
    waits.set(await standing.#waiting("for the pause", 20_000), "pause");
    return standing;
  }

  stop(): Promise<void> {
    return this.fixture.stop();
  }

  async #call(id: string, kinds: readonly Kind[]): Promise<{ verificationId: string; attemptId: string }> {
    const { store, now } = this.fixture;
    const attemptId = uuidv7();
    await store.write(async (db) => {
      const row = { ...verificationRow(store, "cli_bank", id, now), status: "in_progress" as const };
      const made = await insertVerification(db, { ...row, next_attempt_at: null });
      const seq = made?.seq ?? 0;
      await insertAttempt(db, {
        id: attemptId,
        verification_seq: seq,
        direction: "outbound",
        started_at: now,
      });
    });
    const ids = { verificationId: id, attemptId };
    for (const kind of kinds) this.#events.emit("call", { ...ids, kind });
    return ids;
  }

  async #waiting(id: string, ms: number): Promise<number> {
    const { store, now } = this.fixture;
    const row = { ...verificationRow(store, "cli_bank", id, now), next_attempt_at: now + ms };
    return (await store.write((db) => insertVerification(db, row)))?.seq ?? 0;
  }
}

/** The clock of the fixture before it moves. */
function fixtureNow(): number {
  return Date.parse("2026-11-27T06:00:00Z");
}
