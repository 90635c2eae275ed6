import { randomUUID } from "node:crypto";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { appendVerificationEvent } from "../../src/acts/verification-events.js";
import { insertAttempt } from "../../src/store/attempts.js";
import { insertClient } from "../../src/store/clients.js";
import { insertVerification, type VerificationRow } from "../../src/store/verifications.js";
import { setWebhook } from "../../src/store/webhooks.js";
import { CallStory } from "../../src/verification/call-story.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { verificationRow } from "../support/verification-rows.js";
import { ConsoleFixture } from "./console-fixture.js";

export const ACME = { id: "cli_acme", name: "acme" };
export const OTHER = { id: "cli_other", name: "=cmd()" };

/** A console with two clients, to which verifications are added as they might have been. */
export class VerificationFixture {
  readonly console: ConsoleFixture;

  private constructor(fixture: ConsoleFixture) {
    this.console = fixture;
  }

  static async start(host?: string): Promise<VerificationFixture> {
    const fixture = await ConsoleFixture.start(host);
    await fixture.store.write(async (db) => {
      for (const client of [ACME, OTHER]) await insertClient(db, { ...client, created_at: 1 });
    });
    return new VerificationFixture(fixture);
  }

  /** Registers one now, and tells its client. */
  async add(
    id: string,
    change: Partial<VerificationRow> & { number?: string } = {},
  ): Promise<VerificationRow> {
    const { store, now } = this.console;
    const { number = "+819012345678", ...columns } = change;
    const clientId = columns.client_id ?? ACME.id;
    return store.write(async (db) => {
      const row = await insertVerification(db, {
        ...verificationRow(store, clientId, id, now),
        number_cipher: store.vault.encipherNumber(number as E164),
        number_index: store.vault.indexNumber(number as E164),
        ...columns,
      });
      if (row === undefined) throw new Error(`there is a verification ${id} already`);
      await appendVerificationEvent(db, store.vault, "verification.created", row, now);
      return row;
    });
  }

  /** A call of it that was answered, and that the person ended. */
  async call({ seq }: VerificationRow): Promise<void> {
    const { store, now } = this.console;
    const id = randomUUID();
    const times = { started_at: now, answered_at: now + 4_000 };
    const call = { id, direction: "outbound", trunk: "sbc", ...times } as const;
    await store.write((db) => insertAttempt(db, { ...call, verification_seq: seq }));
    const story = new CallStory();
    story.said(now + 4_000, ["greeting", "ask-code"]);
    for (const ms of [5_000, 5_100, 5_200]) story.key(now + ms);
    story.ruled(now + 6_000, { kind: "wrong", triesLeft: 2 });
    const end = { outcome: "answered", sipStatus: null, q850Cause: 16, story: story.end("them") } as const;
    await endAttempt(store, seq, id, end, 0, now + 9_000);
  }

  async webhook(): Promise<void> {
    const { store } = this.console;
    await store.write((db) => setWebhook(db, store.vault, ACME.id, "https://hooks.example.jp/"));
  }

  stop(): Promise<void> {
    return this.console.stop();
  }
}
