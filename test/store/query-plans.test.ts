import { randomUUID } from "node:crypto";
import BetterSqlite from "better-sqlite3";
import { expect } from "chai";
import { beginAttempt } from "../support/begin-attempt.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { listOrphans } from "../../src/store/nodes.js";
import { markAnswered, markRinging } from "../../src/acts/mark-attempt.js";
import { listEventsAfter } from "../../src/store/events.js";
import { beginInboundAttempt } from "../../src/acts/begin-inbound-call.js";
import { ruleEntry } from "../../src/acts/rule-entry.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { findEnrolled } from "../../src/store/enrollments.js";
import { countDeliveries, redeliverFailed } from "../../src/store/webhook-deliveries.js";
import { countUsage } from "../../src/store/count-usage.js";
import { pruneVerifications } from "../../src/store/prune-verifications.js";
import { noteUnmatched } from "../../src/acts/note-unmatched.js";
import { expireDue, listDue, nextDeadline } from "../../src/store/verifications.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { type ApiFixture, LIMITS, startApi } from "../support/api-fixture.js";

const DID = "+81312340000";
const CODE = "271828";
const END = { outcome: "answered" as const, sipStatus: null, q850Cause: 16 };
const EVIDENCE = {
  from: null,
  p_asserted_identity: "tel:+819012345679",
  agree: null,
  privacy: null,
  trunk: "trunk",
  stir_shaken: null,
  withheld_reason: null,
};
/** As big as the number of clients, DIDs or versions of the schema: to read all of it is no matter. */
const SMALL = /^SCAN (client_dids|clients|client_settings|client_webhooks|kysely_migration\w*|meta)\b/;

/** Indexes of what is open alone: few rows, however many have ended. */
const PARTIAL = /USING INDEX (verifications_open|attempts_open)\b/;
/** Not of a table, or of a page of one, which is no longer than its limit. */
const DERIVED = /^SCAN (CONSTANT ROW|\(subquery-\d+\)|answered|page\b)/;
/** The oldest, in the order of their key, and no further than the limit. */
const LIMITED = /^SCAN verifications: select .* order by "seq" limit \?$/;

/** Answered in a thread of its own, whose statements are not seen from here: asked for as that asks. */
const USAGE = "/v1/usage";
const SINCE = "created_after=2026-01-01T00:00:00Z";
const OLDER = "verifications_of_client_by_time (client_id=? AND created_at<?)";
const OF_MONTH = "verifications_of_client_by_time (client_id=? AND created_at>? AND created_at<?)";
/** What may be asked of the verifications of a client, and by what they are found: never all that it has. */
const LISTS: readonly (readonly [path: string, searches: readonly string[]])[] = [
  ["/v1/verifications?status=pending", ["verifications_open_of_client (client_id=?)"]],
  [
    `/v1/verifications?status=in_progress&${SINCE}`,
    ["verifications_open_of_client (client_id=? AND seq>?)", OLDER],
  ],
  ["/v1/verifications?status=failed", ["verifications_ended_of_client (client_id=? AND status=?)"]],
  [
    `/v1/verifications?status=failed&${SINCE}`,
    ["verifications_ended_of_client (client_id=? AND status=? AND seq>?)", OLDER],
  ],
  [`/v1/verifications?${SINCE}`, ["verifications_of_client (client_id=? AND seq>?)", OLDER]],
  [USAGE, [OF_MONTH, OF_MONTH, OF_MONTH]],
];

/**
 * A service grows to millions of rows, and a query that walks through all of them is found out long
 * after its test. So everything that a request or a call makes is asked for its plan.
 */
describe("the queries of requests and calls", () => {
  const texts = new Set<string>();
  /** What each of the lists was first to ask. */
  const asked = new Map<string, readonly string[]>();
  const prepare: (this: BetterSqlite.Database, text: string) => BetterSqlite.Statement =
    // eslint-disable-next-line @typescript-eslint/unbound-method -- put back and called on the instance
    BetterSqlite.prototype.prepare;
  let fixture: ApiFixture;
  let database: BetterSqlite.Database | undefined;

  before(async () => {
    fixture = await startApi();
    BetterSqlite.prototype.prepare = function (this: BetterSqlite.Database, text: string) {
      texts.add(text);
      database ??= new BetterSqlite(this.name, { readonly: true });
      return prepare.call(this, text);
    } as typeof BetterSqlite.prototype.prepare;
    await wholeLives(fixture);
    for (const [path] of LISTS) {
      const known = new Set(texts);
      if (path === USAGE) await countUsage(fixture.store.read, "cli_acme", { from: 0, to: 1 }, 1);
      else await fixture.api.get(path);
      asked.set(
        path,
        [...texts].filter((text) => !known.has(text)),
      );
    }
    BetterSqlite.prototype.prepare = prepare as typeof BetterSqlite.prototype.prepare;
  });
  after(async () => {
    BetterSqlite.prototype.prepare = prepare as typeof BetterSqlite.prototype.prepare;
    database?.close();
    await fixture.stop();
  });

  const explain = (text: string): string[] => {
    if (database === undefined) throw new Error("no database was opened");
    const bindings: null[] = Array.from({ length: text.split("?").length - 1 }, () => null);
    const plan = database.prepare(`explain query plan ${text}`).all(...bindings) as { detail: string }[];
    return plan.map(({ detail }) => detail);
  };

  it("walk through no table that grows", () => {
    const queries = [...texts].filter((text) =>
      /^\s*(select|update|delete|insert|replace|with)\b/i.test(text),
    );
    expect(queries.length, "queries seen").to.be.greaterThan(30);
    const walks = queries.flatMap((text) => {
      const scans = explain(text).filter((detail) => detail.startsWith("SCAN "));
      return scans.map((detail) => `${detail}: ${text}`);
    });
    const allowed = [SMALL, PARTIAL, DERIVED, LIMITED];
    expect(walks.filter((walk) => !allowed.some((known) => known.test(walk)))).to.deep.equal([]);
  });

  it("count the calls back to a number among those registered of late, however many it has had", () => {
    const count = [...texts].filter((text) => text.includes(`as "made"`));
    expect(count).to.have.length(1);
    expect(count.flatMap(explain)[0]).to.match(
      /verifications_by_number \(number_index=\? AND created_at>\?\)$/,
    );
  });

  it("count and send again deliveries that are under way or given up, and read none that were made", () => {
    const plans = [...texts]
      .filter((text) => /(select count|update).* "?webhook_deliveries"? .*delivered_at/.test(text))
      .map((text) => explain(text).join())
      .sort();
    const by = (index: string): string =>
      `SEARCH webhook_deliveries USING INDEX webhook_deliveries_${index} (client_id=?)`;
    expect(plans).to.deep.equal([by("given_up"), by("given_up"), by("pending")]);
  });

  it("know again what is enrolled by its id and by its number, and read no other enrollment of the client", () => {
    const plans = [...texts].filter((text) => text.includes(" in (?, ?)")).flatMap(explain);
    expect(
      plans.filter((step) => step.includes("enrollments")).map((step) => step.replace(/^.*\(/, "(")),
    ).to.deep.equal(["(client_id=? AND id=?)", "(number_index=?)"]);
  });

  for (const [path, searches] of LISTS) {
    it(`find what GET ${path} asks for by an index of no more than that`, () => {
      const plan = (asked.get(path) ?? []).flatMap(explain);
      const found = plan.flatMap((step) => / INDEX (verifications_.+)$/.exec(step)?.[1] ?? []);
      expect(found).to.deep.equal(searches);
    });
  }
});

/** One of everything, as requests and calls have it. */
async function wholeLives({ store, api }: ApiFixture): Promise<void> {
  const post = (path: string, body: Readonly<Record<string, unknown>>): Promise<unknown> =>
    api.post(path, body, { headers: { "idempotency-key": randomUUID() } });
  const now = Date.now();
  await post("/v1/verifications", { phone_number: "09012345678", id: "out", code: CODE });
  const from = { phone_number: "09012345679", direction: "inbound", code: CODE };
  await post("/v1/verifications", { ...from, id: "in" });
  await post("/v1/verifications", { phone_number: "09012345670", id: "read", method: "spoken", code: CODE });
  await post("/v1/enrollments", { phone_number: "09012345671", id: "member" });
  await api.get("/v1/verifications?status=pending&phone_number=09012345678");
  await api.get("/v1/enrollments?phone_number=09012345671");

  const [seq] = (await listDue(store.read, "voice")).map((due) => due.seq);
  if (seq === undefined) throw new Error("no call is due");
  await beginAttempt(store, seq, "call", LIMITS, now);
  await markRinging(store, "call", now);
  await markAnswered(store, "call", now);
  await ruleEntry(store, seq, { kind: "code", digits: "000000" }, LIMITS, now, "proved");
  await ruleEntry(store, seq, { kind: "code", digits: CODE }, LIMITS, now, "proved");
  await endAttempt(store, seq, "call", END, 0, now);

  const rules = { trustAsserted: true, mayCall: () => true, limits: LIMITS, dids: [DID] };
  for (const number of ["+819012345679", "+819012345671", "+819012345672"] as E164[]) {
    const caller = { number, did: DID, evidence: EVIDENCE };
    const match = await beginInboundAttempt(store, randomUUID(), caller, rules, now);
    if (match === undefined) await noteUnmatched(store, { ...caller, why: "unknown" }, now);
    else if (match.verification.method === "keypad") {
      const wrong = { kind: "code" as const, digits: "000000" };
      await ruleEntry(store, match.verification.seq, wrong, LIMITS, now, "unproved");
    } else await ruleEntry(store, match.verification.seq, { kind: "caller_number" }, LIMITS, now, "proved");
  }

  await api.post("/v1/enrollments/member/pin", { pin: "8265" });
  const pinned = { number: "+819012345671" as E164, did: DID, evidence: EVIDENCE };
  const asked = await beginInboundAttempt(store, "asked", pinned, rules, now);
  for (const digits of ["0000", "8265"]) {
    const entry = { kind: "code" as const, digits };
    await ruleEntry(store, asked?.verification.seq ?? 0, entry, LIMITS, now, "proved");
  }
  await endAttempt(store, asked?.verification.seq ?? 0, "asked", END, 0, now);

  const demand = { demand_evidence: "agree", missing_evidence: "call_back" } as const;
  await store.write((db) => changeClientSettings(db, "cli_acme", demand));
  const member = { number: "+819012345671" as E164, did: DID, evidence: EVIDENCE };
  const turned = await beginInboundAttempt(store, "turned-away", member, rules, now);
  if (turned?.turnedAway !== "call_back") throw new Error("not called back");
  await endAttempt(store, turned.verification.seq, "turned-away", END, 0, now);

  await api.post("/v1/verifications/read/check", { code: CODE });
  await api.post("/v1/verifications/read/cancel", {});
  await api.send("/v1/enrollments/member", { method: "DELETE" });
  await listEventsAfter(store.read, store.vault, "cli_acme", 0, 100);
  await listOrphans(store.read);
  await countDeliveries(store.read, "cli_acme");
  await store.write((db) => redeliverFailed(db, "cli_acme", now));
  const numbers = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  await findEnrolled(store.read, "cli_acme", { ids: ["one", "two"], numbers });
  await nextDeadline(store.read);
  await store.write((db) => expireDue(db, now + 600_000));
  expect(await store.write((db) => pruneVerifications(db, now + 600_000, 100))).to.be.greaterThan(0);
}
