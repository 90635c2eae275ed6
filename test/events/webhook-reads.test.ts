import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { setWebhook } from "../../src/store/webhooks.js";
import { poll } from "../phones/waiting.js";
import { Receiver } from "./receiver.js";
import { itOnSqlite, openStore } from "../support/test-database.js";
import { WebhookFixture } from "./webhook-fixture.js";

/** The question for all webhooks there are. */
const ALL_WEBHOOKS = 'from "client_webhooks" where "disabled_at" is null';
const COMMITS = 300;
/** The deliverer looks by itself so often, for what gives no hint at all. */
const LOOK_EVERY_MS = 2_000;

describe("webhooks and what is read for them", () => {
  const prepare: (this: BetterSqlite.Database, text: string) => BetterSqlite.Statement =
    // eslint-disable-next-line @typescript-eslint/unbound-method -- put back and called on the instance
    BetterSqlite.prototype.prepare;
  let fixture: WebhookFixture;
  let receiver: Receiver;
  let reads = 0;

  before(() => {
    BetterSqlite.prototype.prepare = function (this: BetterSqlite.Database, text: string) {
      const statement = prepare.call(this, text);
      if (!text.includes(ALL_WEBHOOKS)) return statement;
      const all = statement.all.bind(statement);
      return Object.assign(statement, {
        all: (...values: unknown[]) => {
          reads += 1;
          return all(...values);
        },
      });
    } as typeof BetterSqlite.prototype.prepare;
  });
  beforeEach(async () => {
    fixture = await WebhookFixture.start();
    receiver = await Receiver.start(fixture.tls);
  });
  afterEach(async () => {
    await receiver.stop();
    await fixture.stop();
  });
  after(() => {
    BetterSqlite.prototype.prepare = prepare as typeof BetterSqlite.prototype.prepare;
  });

  // What the driver of SQLite is asked is counted; who asks is the same over any database.
  itOnSqlite("are not all read again at each commit", async () => {
    await fixture.client("a", receiver.url);
    fixture.deliver();
    await fixture.event("a");
    await fixture.attempted(1);
    const before = reads;
    expect(before, "reads that were counted").to.be.above(0);
    const begun = performance.now();
    for (let commit = 0; commit < COMMITS; commit += 1) await fixture.event("a");
    const looks = Math.ceil((performance.now() - begun) / LOOK_EVERY_MS) + 1;
    await fixture.deliveries((all) => all.length === COMMITS + 1);
    expect(reads - before, `reads for ${COMMITS} commits`).to.be.at.most(looks + 1);
  });

  it("are read again when another connection has written: what a command sets is seen at the next event", async () => {
    await fixture.client("a", receiver.url);
    fixture.deliver();
    await fixture.event("a");
    const seen = fixture.store.foreignVersion;
    await fixture.event("a");
    expect(fixture.store.foreignVersion, "after a write of our own").to.equal(seen);
    const other = await Receiver.start(fixture.tls);
    const command = await openStore(fixture.dataDir);
    try {
      await command.write((db) => setWebhook(db, command.vault, "cli_a", other.url));
    } finally {
      await command.close();
    }
    // With the next commit at the latest: PostgreSQL tells of others by the number of the turn.
    await fixture.event("a", { what: "after the change" });
    expect(fixture.store.foreignVersion, "after another's write").not.to.equal(seen);
    const came = (): boolean => other.received.some(({ body }) => body.includes("after the change"));
    await poll(() => Promise.resolve(came()), 60_000, "the event at the new address");
    await other.stop();
  });
});
