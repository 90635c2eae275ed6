import { expect } from "chai";
import { Pruner, type PrunerParts } from "../../src/upkeep/pruner.js";
import { beginAttempt } from "../../src/acts/begin-attempt.js";
import { listNodes } from "../../src/store/nodes.js";
import { listEventsAfter } from "../../src/store/events.js";
import { queueDeliveries, redeliverEvent } from "../../src/store/webhook-deliveries.js";
import { disableWebhook } from "../../src/store/webhooks.js";
import { poll } from "../phones/waiting.js";
import { type ApiFixture, LIMITS, startApi } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { Receiver } from "../events/receiver.js";
import { WebhookFixture } from "../events/webhook-fixture.js";

const DAY = 86_400_000;
const RETENTION = 30 * DAY;

describe("pruning", () => {
  describe("of events", () => {
    let fixture: WebhookFixture;
    let receiver: Receiver;

    beforeEach(async () => {
      fixture = await WebhookFixture.start();
      receiver = await Receiver.start(fixture.tls);
    });
    afterEach(async () => {
      await receiver.stop();
      await fixture.stop();
    });

    const pruner = (options: Partial<PrunerParts> = {}): Pruner =>
      new Pruner({
        store: fixture.store,
        clock: () => fixture.now,
        log: capturedLog().log,
        eventRetentionMs: RETENTION,
        batch: 3,
        ...options,
      });
    const happen = async (...names: readonly string[]): Promise<void> => {
      for (const n of names) await fixture.event("a", { n });
    };
    const left = async (): Promise<string[]> => {
      const all = await listEventsAfter(fixture.store.read, fixture.store.vault, "cli_a", 0, 1000);
      return all.map(({ data }) => (data as { metadata: { n: string } }).metadata.n);
    };
    const idOf = async (n: number): Promise<string> => {
      const all = await listEventsAfter(fixture.store.read, fixture.store.vault, "cli_a", 0, 1000);
      return all[n]?.id ?? "";
    };

    it("deletes those past their time and leaves the others", async () => {
      await fixture.client("a", receiver.url);
      fixture.deliver();
      await happen("1", "2", "3", "4", "5", "6", "7");
      await fixture.deliveries((all) => all.filter((one) => one.delivered_at !== null).length === 7);
      fixture.now += DAY;
      await happen("young");
      await fixture.deliveries((all) => all.filter((one) => one.delivered_at !== null).length === 8);
      fixture.now += RETENTION - DAY;
      await pruner().prune();
      expect(await left(), "just as old as the retention").to.have.length(8);
      fixture.now += 1;
      await pruner().prune();
      expect(await left()).to.deep.equal(["young"]);
      expect(await fixture.deliveries(() => true)).to.have.length(1);
    });

    it("takes a few rows a transaction, so that nobody waits for all of them", async () => {
      await fixture.client("a", receiver.url);
      fixture.deliver();
      await happen("1", "2", "3", "4", "5", "6", "7");
      await fixture.deliveries((all) => all.filter((one) => one.delivered_at !== null).length === 7);
      fixture.now += RETENTION + 1;
      const { store } = fixture;
      const write = store.write.bind(store);
      const leftAfter: number[] = [];
      store.write = async (work) => {
        const result = await write(work);
        leftAfter.push((await left()).length);
        return result;
      };
      await pruner().prune();
      expect(leftAfter.slice(0, 3)).to.deep.equal([4, 1, 0]);
    });

    it("keeps what a webhook is still to get, until it was delivered", async () => {
      await fixture.client("a", receiver.url);
      receiver.answer = (_request, response) => response.writeHead(500).end();
      await happen("not taken up yet");
      fixture.now += RETENTION + 1;
      await pruner().prune();
      expect(await left()).to.deep.equal(["not taken up yet"]);
      fixture.deliver();
      await fixture.attempted(1);
      await pruner().prune();
      expect(await left(), "under way").to.deep.equal(["not taken up yet"]);
      receiver.answer = (_request, response) => response.writeHead(204).end();
      fixture.pass(DAY);
      await fixture.deliveries(([one]) => one?.delivered_at !== null);
      await pruner().prune();
      expect(await left()).to.deep.equal([]);
    });

    it("deletes what was given up, but not what is to be sent once more", async () => {
      await fixture.client("a", receiver.url);
      await happen("given up", "to be sent again");
      await fixture.store.write(async (db) => {
        await queueDeliveries(db, "cli_a", fixture.now);
        await disableWebhook(db, "cli_a", "gone", fixture.now);
      });
      const again = await idOf(1);
      await fixture.store.write((db) => redeliverEvent(db, again, fixture.now));
      fixture.now += RETENTION + 1;
      await pruner().prune();
      expect(await left()).to.deep.equal(["to be sent again"]);
    });

    it("goes on by itself until it is stopped", async () => {
      await fixture.store.write((db) =>
        db.insertInto("clients").values({ id: "cli_a", name: "a", created_at: 0 }).execute(),
      );
      await happen("1");
      const running = pruner({ everyMs: 5 });
      running.start();
      fixture.now += RETENTION + 1;
      await poll(async () => (await left()).length === 0, 60_000, "pruned by its timer");
      await running.stop();
      fixture.now -= RETENTION + 1;
      await happen("2");
      fixture.now += RETENTION + 1;
      // What is stopped does nothing, even when it is asked.
      await running.prune();
      expect(await left()).to.deep.equal(["2"]);
    });
  });

  describe("of Idempotency-Keys", () => {
    let fixture: ApiFixture;
    let now = 1_800_000_000_000;

    beforeEach(async () => {
      fixture = await startApi(() => now);
    });
    afterEach(() => fixture.stop());

    const register = async (key: string): Promise<unknown> => {
      const body = { phone_number: "09012345678" };
      const { json } = await fixture.api.post("/v1/verifications", body, {
        headers: { "idempotency-key": key },
      });
      return json["id"];
    };
    const keys = async (): Promise<string[]> =>
      (await fixture.store.read.selectFrom("idempotency_keys").select("key").orderBy("key").execute()).map(
        ({ key }) => key,
      );
    const prune = (): Promise<void> =>
      new Pruner({
        store: fixture.store,
        clock: () => now,
        log: capturedLog().log,
        eventRetentionMs: RETENTION,
        batch: 2,
      }).prune();

    it("deletes them after 24 hours, and no other", async () => {
      for (const key of ["a", "b", "c"]) await register(key);
      now += DAY - 1;
      await register("young");
      await prune();
      expect(await keys()).to.deep.equal(["a", "b", "c", "young"]);
      now += 1;
      await prune();
      expect(await keys()).to.deep.equal(["young"]);
    });

    it("need not have happened for a key to be free again after 24 hours", async () => {
      const first = await register("a");
      now += DAY - 1;
      expect(await register("a")).to.equal(first);
      now += 1;
      const second = await register("a");
      expect(second).to.not.equal(first);
      expect(await register("a")).to.equal(second);
    });
  });

  describe("of nodes", () => {
    let fixture: ApiFixture;
    const now = 1_800_000_000_000;

    beforeEach(async () => {
      fixture = await startApi(() => now);
    });
    afterEach(() => fixture.stop());

    it("forgets those that left a week ago, unless a call of theirs is open", async () => {
      const { store } = fixture;
      const week = 7 * DAY;
      const left: Readonly<Record<string, number | null>> = {
        ...{ there: null, lately: now - week, long: now - week - 1, held: now - week - 1 },
      };
      await store.write(async (db) => {
        const times = { version: "1", joined_at: 1, seen_at: 1, drained_at: null, data_keys: "" };
        const rows = Object.entries(left).map(([name, left_at]) => ({ name, epoch: 1, left_at, ...times }));
        await db.insertInto("nodes").values(rows).execute();
      });
      const { json } = await fixture.api.post("/v1/verifications", { phone_number: "09012345678" });
      const { seq } = await store.read
        .selectFrom("verifications")
        .select("seq")
        .where("id", "=", String(json["id"]))
        .executeTakeFirstOrThrow();
      await beginAttempt(store, seq, "open", LIMITS, now);
      await store.write((db) => db.updateTable("attempts").set({ node: "held" }).execute());
      const names = async (): Promise<string[]> => (await listNodes(store.read)).map(({ name }) => name);
      const prune = (): Promise<void> =>
        new Pruner({ store, clock: () => now, log: capturedLog().log, eventRetentionMs: RETENTION }).prune();
      await prune();
      expect(await names()).to.deep.equal(["held", "lately", "there"]);
      await store.write((db) => db.updateTable("attempts").set({ ended_at: now }).execute());
      await prune();
      expect(await names()).to.deep.equal(["lately", "there"]);
    });
  });
});
