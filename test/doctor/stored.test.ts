import { createHash } from "node:crypto";
import { expect } from "chai";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { callsGroup } from "../../src/cli/doctor/calls-group.js";
import { promptsGroup } from "../../src/cli/doctor/prompts-group.js";
import { keepPromptSound } from "../../src/store/prompt-sounds.js";
import { usageGroup } from "../../src/cli/doctor/usage-group.js";
import { webhooksGroup } from "../../src/cli/doctor/webhooks-group.js";
import { appendVerificationEvent } from "../../src/acts/verification-events.js";
import { countToday } from "../../src/acts/daily-quota.js";
import { insertAdmin } from "../../src/store/admins.js";
import type { AttemptRow } from "../../src/store/attempts.js";
import { count } from "../../src/store/counters.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { insertVerification } from "../../src/store/verifications.js";
import { disableWebhook, setWebhook } from "../../src/store/webhooks.js";
import { queueDeliveries, recordDelivery } from "../../src/store/webhook-deliveries.js";
import { CallStory } from "../../src/verification/call-story.js";
import { dayInJapan } from "../../src/verification/japan-calendar.js";
import { StoreFixture } from "../support/store-fixture.js";
import { verificationRow } from "../support/verification-rows.js";
import { expectOnly, found, ids } from "./found.js";

const ACME = "acme";

describe("honnin doctor, on what is stored", () => {
  let fixture: StoreFixture;
  let nth = 0;
  const now = Date.now();

  beforeEach(async () => {
    fixture = await StoreFixture.open([ACME], now);
  });

  afterEach(async () => {
    await fixture.close();
  });

  /** A verification with one call, as it would be there after it. */
  async function call(
    attempt: Partial<AttemptRow> = {},
    change: { reason?: "over_capacity" } = {},
  ): Promise<void> {
    const { store } = fixture;
    nth += 1;
    const id = `stored-${String(nth)}`;
    await store.write(async (db) => {
      const ended = { status: "failed", completed_at: now, next_attempt_at: null, ...change } as const;
      const row = await insertVerification(db, {
        ...verificationRow(store, ACME, id, now - 60_000),
        ...ended,
      });
      const begun = {
        id: `${id}-call`,
        verification_seq: row!.seq,
        direction: "outbound",
        started_at: now - 50_000,
      } as const;
      await db
        .insertInto("attempts")
        .values({ ...begun, ended_at: now - 20_000, outcome: "failed", ...attempt })
        .execute();
    });
  }

  /** One that was answered, on which guidance was heard. */
  function talk(lastedMs: number, hungUpBy: "us" | "them", keys = 0): Promise<void> {
    const story = new CallStory();
    story.said(now - 40_000, ["greeting", "ask-code"]);
    for (let key = 0; key < keys; key += 1) story.key(now - 39_000);
    const answered = now - 40_000;
    return call({
      outcome: "answered",
      answered_at: answered,
      ended_at: answered + lastedMs,
      story: story.end(hungUpBy),
    });
  }

  describe("the last calls", () => {
    it("finds nothing where there were none, where they went well, and where they were long ago", async () => {
      expect(await found(callsGroup, fixture.dir)).to.deep.equal([]);
      for (let key = 0; key < 5; key += 1) await talk(20_000, "us", 6);
      await call({ outcome: "busy", sip_status: 486, q850_cause: 17 });
      await call({ sip_status: 403, started_at: now - 3 * 86_400_000, ended_at: now - 3 * 86_400_000 });
      expect(await found(callsGroup, fixture.dir)).to.deep.equal([]);
    });

    for (const [id, attempt] of [
      ["calls-want-credentials", { sip_status: 407 }],
      ["calls-forbidden", { sip_status: 403 }],
      ["calls-without-line", { sip_status: 503 }],
      ["calls-without-codec", { sip_status: 488 }],
      ["calls-unanswered-by-trunk", { sip_status: 408 }],
      ["calls-failed-by-trunk", { sip_status: 500 }],
      ["calls-screened", { outcome: "rejected", sip_status: 608 }],
      ["callers-not-proved", { direction: "inbound", outcome: "rejected", turned_away: "refused" }],
      ["calls-interrupted", {}],
      ["keys-in-unknown-payload", { outcome: "answered", note: "keys_in_unknown_payload" }],
      ["keys-from-stranger", { outcome: "answered", note: "keys_from_stranger" }],
    ] as const satisfies readonly (readonly [string, Partial<AttemptRow>])[]) {
      it(`finds ${id}, with the trunk's answer where it gave one`, async () => {
        await call(attempt);
        expectOnly(
          await found(callsGroup, fixture.dir),
          id,
          "sip_status" in attempt ? `SIP ${String(attempt.sip_status)}` : "1/1",
        );
      });
    }

    it("finds that hardly a key is heard, where people listen to the end and none comes", async () => {
      for (let one = 0; one < 4; one += 1) await talk(40_000, "us");
      expectOnly(await found(callsGroup, fixture.dir), "keys-never-heard", "4/4");
    });

    it("finds that nothing is heard, where people hang up within seconds", async () => {
      for (let one = 0; one < 4; one += 1) await talk(6_000, "them");
      expectOnly(await found(callsGroup, fixture.dir), "voice-not-heard", "4/4");
    });

    it("finds neither where some key, nor after too few calls", async () => {
      for (let one = 0; one < 3; one += 1) await talk(40_000, "us");
      expect(await found(callsGroup, fixture.dir)).to.deep.equal([]);
      for (let one = 0; one < 3; one += 1) await talk(20_000, "us", 6);
      expect(await found(callsGroup, fixture.dir)).to.deep.equal([]);
    });
  });

  describe("webhooks", () => {
    /** An event that waits to be sent, made so long ago. */
    async function event(ageMs: number): Promise<number> {
      const { store } = fixture;
      nth += 1;
      const id = `event-${String(nth)}`;
      return store.write(async (db) => {
        const row = await insertVerification(db, verificationRow(store, ACME, id, now - ageMs));
        await appendVerificationEvent(db, store.vault, "verification.created", row!, now - ageMs);
        await queueDeliveries(db, ACME, now - ageMs);
        const { seq } = await db
          .selectFrom("events")
          .select("seq")
          .orderBy("seq", "desc")
          .limit(1)
          .executeTakeFirstOrThrow();
        return seq;
      });
    }

    async function failed(seq: number, error: string, retryAt: number | null): Promise<void> {
      await fixture.store.write((db) => recordDelivery(db, seq, { status: null, error, retryAt }, now));
    }

    beforeEach(async () => {
      await fixture.store.write((db) =>
        setWebhook(db, fixture.store.vault, ACME, "https://shop.example/hook"),
      );
    });

    const look = (): ReturnType<typeof found> => found(webhooksGroup, fixture.dir);

    it("finds nothing where none waits, or not for long", async () => {
      expect(await look()).to.deep.equal([]);
      await event(1_000);
      expect(await look()).to.deep.equal([]);
    });

    it("finds what has waited for long", async () => {
      await event(3_600_000);
      expectOnly(await look(), "webhook-backlog", "acme: 1");
    });

    it("finds that it fails, and by what", async () => {
      await failed(await event(1_000), "ECONNREFUSED", now + 1_000);
      expectOnly(await look(), "webhook-failing", "acme: ECONNREFUSED");
    });

    it("finds that it leads to a private address", async () => {
      await failed(await event(1_000), "target_refused", now + 1_000);
      expectOnly(await look(), "webhook-private", "acme");
    });

    it("finds what was given up, and one that is disabled", async () => {
      await failed(await event(1_000), "timeout", null);
      expect(ids(await look())).to.deep.equal(["webhook-failing", "webhook-given-up"]);
      await fixture.store.write((db) => disableWebhook(db, ACME, "gone", now));
      expect(ids(await look())).to.deep.equal(["webhook-disabled", "webhook-given-up"]);
    });
  });

  describe("budgets, limits and accounts", () => {
    beforeEach(async () => {
      await fixture.store.write((db) =>
        insertAdmin(db, { id: "adm_1", name: "keeper", role: "admin", created_at: now }),
      );
    });

    const look = (env: Readonly<Record<string, string>> = {}): ReturnType<typeof found> =>
      found(usageGroup, fixture.dir, { HONNIN_BUDGET_YEN_PER_DAY: "1000", ...env });

    const spend = (scope: string, yen: number): Promise<unknown> =>
      fixture.store.write((db) => count(db, { scope, period: dayInJapan(Date.now()) }, yen * 1_000, null));

    it("finds nothing where there is room, and an account", async () => {
      await spend("spent/", 500);
      expect(await look()).to.deep.equal([]);
    });

    it("finds that a budget is nearly spent, and spent", async () => {
      await spend("spent/", 950);
      expectOnly(await look(), "budget-nearly-spent", "HONNIN_BUDGET_YEN_PER_DAY=1000");
      await spend("spent/", 50);
      expectOnly(await look(), "budget-spent", "HONNIN_BUDGET_YEN_PER_DAY=1000");
    });

    it("finds that a client's own is spent", async () => {
      await fixture.store.write((db) => changeClientSettings(db, ACME, { budget_yen_per_day: 100 }));
      await spend(`spent/${ACME}`, 100);
      expectOnly(await look(), "budget-spent", "acme: budget_yen_per_day=100");
    });

    it("finds that a client has made all its registrations of the day", async () => {
      await fixture.store.write((db) => countToday(db, ACME, Date.now(), 10));
      expectOnly(await look({ HONNIN_MAX_REGISTRATIONS_PER_DAY: "10" }), "registrations-used-up", "acme: 10");
    });

    it("finds that verifications found no free line", async () => {
      await call({ outcome: "busy" }, { reason: "over_capacity" });
      expectOnly(await look(), "lines-too-few", "over_capacity: 1");
    });

    it("finds that nobody can log in to the console", async () => {
      await fixture.store.write((db) => db.deleteFrom("admins").execute());
      expectOnly(await look(), "admin-missing", "HONNIN_CONSOLE_PORT");
    });
  });

  describe("prompts", () => {
    it("finds nothing of those that are shipped", async () => {
      expect(await found(promptsGroup, fixture.dir)).to.deep.equal([]);
    });

    it("finds that a sound of one's own is gone, or was altered, where it is kept", async () => {
      await fixture.store.write((db) =>
        db
          .insertInto("prompt_versions")
          .values({
            ...{ client_id: null, locale: "ja", prompt_id: "greeting", version: 1, current: 1 },
            ...{ origin: "recording", restores: null, sound: "none", text: "お電話ありがとうございます。" },
            ...{ source_name: null, duration_ms: 1_000, active_level: -26, peak: -6 },
            ...{ ulaw_sha256: "0", alaw_sha256: "0", wav_sha256: "0", created_at: now, created_by: "test" },
          })
          .execute(),
      );
      expectOnly(await found(promptsGroup, fixture.dir), "own-sounds-damaged", "ja/greeting (missing)");
      // Of before they were kept in the database, and not taken in yet.
      for (const [folder, env] of [
        ["prompts", {}],
        ["elsewhere", { HONNIN_PROMPTS_DIR: path.join(fixture.dir, "elsewhere") }],
      ] as const) {
        const sound = path.join(fixture.dir, folder, "none");
        await mkdir(sound, { recursive: true });
        await writeFile(path.join(sound, "greeting.wav"), "");
        const seen = await found(promptsGroup, fixture.dir, env);
        expectOnly(seen, "own-sounds-damaged", "ja/greeting (altered)");
        await rm(path.join(fixture.dir, folder), { recursive: true });
      }
      await fixture.store.write(async (db) => {
        const wav = Buffer.from("sound");
        const sound = createHash("sha256").update(wav).digest("hex");
        await db.updateTable("prompt_versions").set({ sound }).execute();
        await keepPromptSound(db, sound, wav);
      });
      expect(await found(promptsGroup, fixture.dir)).to.deep.equal([]);
      await fixture.store.write((db) =>
        db
          .updateTable("prompt_sounds")
          .set({ wav: Buffer.of(1) })
          .execute(),
      );
      expectOnly(await found(promptsGroup, fixture.dir), "own-sounds-damaged", "ja/greeting (altered)");
    });
  });
});
