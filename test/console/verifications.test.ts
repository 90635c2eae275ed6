import { expect } from "chai";
import { listAudit } from "../../src/store/audit.js";
import type { ConsoleAnswer } from "./console-browser.js";
import type { Person } from "./console-fixture.js";
import { ACME, OTHER, VerificationFixture } from "./verification-fixture.js";

describe("verifications in the console", () => {
  let fixture: VerificationFixture;
  let viewer: Person;
  let operator: Person;
  const search = (body: unknown = {}, who = viewer): Promise<ConsoleAnswer> =>
    who.browser.post("/api/verifications/search", body);
  const idsOf = ({ json }: ConsoleAnswer): string[] =>
    (json["verifications"] as { id: string }[]).map(({ id }) => id);
  const found = async (body: unknown): Promise<string[]> => idsOf(await search(body));
  const audited = async (): Promise<unknown[]> =>
    (await listAudit(fixture.console.store.read, { limit: 100 }))
      .filter(({ act }) => /^(number|verification|webhook)/.test(act))
      .map(({ actor, act, target, details }) => [actor, act, target, JSON.parse(details) as unknown]);

  beforeEach(async () => {
    fixture = await VerificationFixture.start();
    viewer = await fixture.console.person("watanabe", "viewer");
    operator = await fixture.console.person("sato", "operator");
  });
  afterEach(() => fixture.stop());

  describe("are found", () => {
    beforeEach(async () => {
      await fixture.add("one");
      await fixture.add("two", { status: "failed", reason: "busy", number: "+815012345678" });
      await fixture.add("three", { client_id: OTHER.id, status: "verified" });
      await fixture.add("one", { client_id: OTHER.id, status: "failed", reason: "no_input" });
    });

    it("newest first, of all clients, with numbers masked", async () => {
      const answer = await search();
      expect(idsOf(answer)).to.deep.equal(["one", "three", "two", "one"]);
      expect(answer.text).to.include("+81********78").and.not.include("12345678");
      expect(answer.json["next_cursor"]).to.equal(null);
    });

    it("by the number in any spelling", async () => {
      for (const number of ["050-1234-5678", "+81 50 1234 5678", "０５０１２３４５６７８"]) {
        expect(await found({ number }), number).to.deep.equal(["two"]);
      }
      expect(await found({ number: "09087654321" })).to.deep.equal([]);
      expect(await found({ number: "" })).to.have.length(4);
    });

    it("by client, id, status, reason, and by several of them", async () => {
      expect(await found({ client: OTHER.id })).to.deep.equal(["one", "three"]);
      expect(await found({ id: "one" })).to.deep.equal(["one", "one"]);
      expect(await found({ id: "one", client: ACME.id })).to.deep.equal(["one"]);
      expect(await found({ status: "failed" })).to.deep.equal(["one", "two"]);
      expect(await found({ status: "pending" })).to.deep.equal(["one"]);
      expect(await found({ reason: "busy" })).to.deep.equal(["two"]);
      expect(await found({ reason: "busy", status: "failed" })).to.deep.equal(["two"]);
      expect(await found({ reason: "busy", status: "verified" })).to.deep.equal([]);
      expect(await found({ number: "09012345678", status: "verified" })).to.deep.equal(["three"]);
      expect(await found({ number: "09012345678", reason: "no_input" })).to.deep.equal(["one"]);
      expect(await found({ id: "one", status: "failed", reason: "no_input" })).to.deep.equal(["one"]);
      expect(await found({ client: "cli_nobody" })).to.deep.equal([]);
    });

    it("by when they were registered: from one moment on, and before another", async () => {
      const from = new Date(fixture.console.now).toISOString();
      const to = new Date(fixture.console.now + 60_000).toISOString();
      fixture.console.now += 60_000;
      await fixture.add("later");
      expect(await found({ from: to })).to.deep.equal(["later"]);
      expect(await found({ to })).to.have.length(4);
      expect(await found({ from, to, client: ACME.id })).to.deep.equal(["two", "one"]);
      expect(await found({ from, to, status: "failed" })).to.deep.equal(["one", "two"]);
      expect(await found({ from: "2030-01-01T09:00:00+09:00" })).to.deep.equal([]);
    });

    it("whatever the clock did meanwhile, within a minute", async () => {
      fixture.console.now -= 40_000;
      await fixture.add("set-back");
      const to = new Date(fixture.console.now + 1_000).toISOString();
      expect(await found({ to })).to.deep.equal(["set-back"]);
    });

    it("not by what is no number, no time and no word of theirs: each is named", async () => {
      const wrong = [
        { number: "12" },
        { from: "yesterday" },
        { status: "lost" },
        { reason: "x" },
        { other: 1 },
      ];
      for (const body of wrong) {
        const { status, json } = await search(body);
        expect([status, json["code"]]).to.deep.equal([400, "invalid_request"]);
        expect(json["errors"]).to.have.nested.property("[0].field", Object.keys(body)[0]);
      }
    });
  });

  it("come in pages, and what is registered meanwhile moves none", async () => {
    for (let nth = 0; nth < 120; nth += 1) {
      await fixture.add(`v${nth}`, { client_id: nth % 3 === 0 ? OTHER.id : ACME.id });
    }
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const page = await search(cursor === undefined ? {} : { cursor });
      seen.push(...idsOf(page));
      cursor = page.json["next_cursor"];
      await fixture.add(`meanwhile${seen.length}`);
    } while (cursor !== null);
    expect(seen).to.deep.equal(Array.from({ length: 120 }, (_, nth) => `v${119 - nth}`));
  });

  it("come in pages of one search: its cursor is none of another's, nor one that was made up", async () => {
    for (let nth = 0; nth < 60; nth += 1) await fixture.add(`v${nth}`);
    const cursor = (await search({ client: ACME.id })).json["next_cursor"];
    expect(cursor).to.be.a("string");
    expect(await found({ client: ACME.id, cursor })).to.have.length(10);
    for (const body of [{ cursor }, { client: ACME.id, status: "pending", cursor }, { cursor: "AAAA" }]) {
      const { status, json } = await search(body);
      expect([status, json["errors"]]).to.deep.equal([
        400,
        [{ field: "cursor", detail: "a next_cursor of an earlier answer to the same search" }],
      ]);
    }
  });

  it("tell each call from its beginning to its end, and each event, with no number in any of it", async () => {
    await fixture.webhook();
    const metadata = JSON.stringify({ order: "2026-11-27", tel: "０９０－１２３４－５６７８" });
    const row = await fixture.add("told", { metadata, attempts_made: 1 });
    await fixture.call(row);
    const { json, text } = await viewer.browser.get(`/api/verifications/${ACME.id}/told`);
    expect(text).to.not.include("12345678").and.not.include("１２３４");
    expect(json).to.deep.include({ id: "told", client: ACME, status: "failed", reason: "hung_up" });
    expect(json["metadata"]).to.deep.equal({ order: "2026-11-27", tel: "090******78" });
    const [call] = json["calls"] as { end: unknown; trunk: string; story: { steps: { kind: string }[] } }[];
    expect(call?.end).to.deep.equal({ ending: "person_hung_up", by: "person" });
    expect(call?.trunk).to.equal("sbc");
    expect(call?.story.steps.map(({ kind }) => kind)).to.deep.equal(["said", "keys", "ruled"]);
    expect(call?.story.steps[1]).to.include({ count: 3 });
    const events = json["events"] as { type: string; delivery: unknown }[];
    expect(events.map(({ type }) => type)).to.deep.equal([
      "verification.created",
      "call.ended",
      "verification.failed",
    ]);
    expect(events.every(({ delivery }) => delivery === null)).to.equal(true);
  });

  it("are nobody's under another client, or another id", async () => {
    await fixture.add("told");
    for (const path of [`${OTHER.id}/told`, `${ACME.id}/none`, "cli_nobody/told"]) {
      const at = `/api/verifications/${path}`;
      expect((await viewer.browser.get(at)).status, path).to.equal(404);
      expect((await operator.browser.post(`${at}/cancel`)).status, path).to.equal(404);
      expect((await operator.browser.post(`${at}/number`, { reason: "x" })).status, path).to.equal(404);
    }
    expect(await audited()).to.deep.equal([]);
  });

  it("are canceled while they are open, once, and the audit trail has who did it", async () => {
    await fixture.add("open");
    const cancel = (): Promise<ConsoleAnswer> =>
      operator.browser.post(`/api/verifications/${ACME.id}/open/cancel`);
    expect((await cancel()).status).to.equal(204);
    expect(await found({ status: "canceled" })).to.deep.equal(["open"]);
    expect((await cancel()).json["code"]).to.equal("conflict");
    expect(await audited()).to.deep.equal([["sato", "verification.canceled", "open", { client: ACME.id }]]);
  });

  it("show the whole number for a reason, which the audit trail keeps without the number", async () => {
    await fixture.add("secret");
    const reveal = (reason: unknown): Promise<ConsoleAnswer> =>
      operator.browser.post(`/api/verifications/${ACME.id}/secret/number`, { reason });
    for (const reason of [undefined, "", "   ", "a\nb", "x".repeat(201)]) {
      expect((await reveal(reason)).status).to.equal(400);
    }
    expect(await audited()).to.deep.equal([]);
    expect((await reveal(" お客様からのお問い合わせ ")).json).to.deep.equal({ number: "+819012345678" });
    const details = { client: ACME.id, reason: "お客様からのお問い合わせ" };
    expect(await audited()).to.deep.equal([["sato", "number.revealed", "secret", details]]);
  });

  it("have their events sent again, where there is a webhook and the event is theirs", async () => {
    const row = await fixture.add("told");
    await fixture.add("another");
    const idOf = async (id: string): Promise<string> => {
      const { json } = await viewer.browser.get(`/api/verifications/${ACME.id}/${id}`);
      return (json["events"] as { id: string }[])[0]?.id ?? "";
    };
    const [own, others] = [await idOf("told"), await idOf("another")];
    const redeliver = async (event: string): Promise<number> =>
      (await operator.browser.post(`/api/verifications/${ACME.id}/told/events/${event}/redeliver`)).status;
    expect(await redeliver(own), "no webhook").to.equal(409);
    await fixture.webhook();
    expect(await redeliver(others), "another's").to.equal(404);
    expect(await redeliver(own)).to.equal(204);
    const { json } = await viewer.browser.get(`/api/verifications/${ACME.id}/told`);
    const [event] = json["events"] as { delivery: unknown }[];
    expect(event?.delivery).to.include({ state: "waiting", attempts: 0 });
    const details = { client: ACME.id, verification: row.id, type: "verification.created" };
    expect(await audited()).to.deep.equal([["sato", "webhook.redelivered", own, details]]);
  });

  describe("are exported", () => {
    const JAPAN = { language: "ja", time_zone: "Asia/Tokyo" };
    const exported = (body: unknown, who = operator): Promise<ConsoleAnswer> =>
      who.browser.post("/api/verifications/export", body);

    it("as CSV that Excel reads, with numbers masked and nothing that is a formula", async () => {
      await fixture.add("-one", { client_id: OTHER.id });
      await fixture.add("two", { status: "failed", reason: "busy" });
      const { headers, text } = await exported(JAPAN);
      expect(headers["content-type"]).to.equal("text/csv; charset=utf-8");
      expect(headers["content-disposition"]).to.include("attachment");
      expect(text.startsWith("\uFEFF登録日時 (Asia/Tokyo),")).to.equal(true);
      const [, ...lines] = text.trimEnd().split("\r\n");
      expect(lines).to.deep.equal([
        `2026-11-27 15:00:00,,cli_acme,acme,two,'+81********78,failed,busy,outbound,voice,keypad`,
        `2026-11-27 15:00:00,,cli_other,'=cmd(),'-one,'+81********78,pending,,outbound,voice,keypad`,
      ]);
      expect(await audited()).to.deep.equal([["sato", "verifications.exported", "csv", {}]]);
    });

    it("as they were searched, and the audit trail has by what, but not by which number", async () => {
      for (let nth = 0; nth < 450; nth += 1) await fixture.add(`v${nth}`);
      await fixture.add("other", { client_id: OTHER.id });
      const asked = {
        client: ACME.id,
        number: "090-1234-5678",
        status: "pending",
        from: "2026-01-01T00:00:00Z",
      };
      const { text } = await exported({ ...JAPAN, language: "en", ...asked });
      const ids = text
        .trimEnd()
        .split("\r\n")
        .map((line) => line.split(",")[4]);
      expect(ids).to.deep.equal([
        "Verification id",
        ...Array.from({ length: 450 }, (_, nth) => `v${449 - nth}`),
      ]);
      const details = {
        client: ACME.id,
        status: "pending",
        from: "2026-01-01T00:00:00.000Z",
        number: "given",
      };
      expect(await audited()).to.deep.equal([["sato", "verifications.exported", "csv", details]]);
    });

    it("not by a wrong search, or into a zone that there is not", async () => {
      for (const body of [{}, { ...JAPAN, time_zone: "Mars/Base" }, { ...JAPAN, number: "1" }]) {
        expect((await exported(body)).status).to.equal(400);
      }
      expect(await audited()).to.deep.equal([]);
    });
  });

  it("are nobody's who is not logged in, nor to be changed by a viewer or from another site", async () => {
    await fixture.add("kept");
    const one = `/api/verifications/${ACME.id}/kept`;
    const acts = [
      `${one}/cancel`,
      `${one}/number`,
      `${one}/events/evt_1/redeliver`,
      "/api/verifications/export",
    ];
    const looks = [["GET", one] as const, ["GET", "/api/verifications/clients"] as const];
    const posts = [...acts, "/api/verifications/search"].map((path) => ["POST", path] as const);
    const nobody = fixture.console.newBrowser();
    for (const [method, path] of [...looks, ...posts]) {
      const { status } = await nobody.ask(method, path, method === "POST" ? {} : undefined);
      expect([path, status]).to.deep.equal([path, 401]);
    }
    for (const path of acts) {
      const body = { reason: "curious", language: "ja", time_zone: "Asia/Tokyo" };
      expect([path, (await viewer.browser.post(path, body)).status]).to.deep.equal([path, 403]);
      const forged = await operator.browser.ask("POST", path, body, { "sec-fetch-site": "cross-site" });
      expect([path, forged.status]).to.deep.equal([path, 403]);
    }
    expect(await found({ status: "pending" })).to.deep.equal(["kept"]);
    expect(await audited()).to.deep.equal([]);
  });

  it("leave nothing of a number in the log", async () => {
    await fixture.add("kept");
    await search({ number: "090-1234-5678" });
    await search({ number: "not 090-1234-5678" });
    await operator.browser.post(`/api/verifications/${ACME.id}/kept/number`, {
      reason: "asked by 09012345678",
    });
    expect(fixture.console.logged()).to.not.match(/1234/);
  });
});
