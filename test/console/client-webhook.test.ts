import { expect } from "chai";
import { listAudit } from "../../src/store/audit.js";
import { appendEvent } from "../../src/store/events.js";
import { listDueDeliveries, queueDeliveries, recordDelivery } from "../../src/store/webhook-deliveries.js";
import { Receiver, verifies } from "../events/receiver.js";
import { verificationData } from "../support/event-data.js";
import type { ConsoleBrowser } from "./console-browser.js";
import { ConsoleFixture } from "./console-fixture.js";

const HOUR = 3_600_000;

describe("the webhook of a client, in the console", () => {
  let fixture: ConsoleFixture;
  let receiver: Receiver;
  let admin: ConsoleBrowser;
  let id: string;
  let path: string;
  const acts = async (): Promise<string[]> =>
    (await listAudit(fixture.store.read, { limit: 100 }))
      .filter(({ act }) => act.startsWith("webhook."))
      .map(({ act, target, details }) => `${act} ${target} ${details}`)
      .reverse();
  const shown = async (): Promise<Record<string, unknown> | null> =>
    (await admin.get(path)).json["webhook"] as Record<string, unknown> | null;
  const begin = async (webhooks: { allowPrivate: boolean; attemptTimeoutMs?: number }): Promise<void> => {
    fixture = await ConsoleFixture.start("127.0.0.1", { clients: { webhooks } });
    admin = (await fixture.person("kanri", "admin")).browser;
    id = String((await admin.post("/api/clients", { name: "shop" })).json["id"]);
    path = `/api/clients/${id}/webhook`;
  };

  beforeEach(async () => {
    receiver = await Receiver.start();
    await begin({ allowPrivate: true });
  });
  afterEach(async () => {
    await fixture.stop();
    await receiver.stop();
  });

  it("is set; its secret is shown once, and stays where the URL changes", async () => {
    expect(await shown()).to.equal(null);
    const first = await admin.ask("PUT", path, { url: receiver.url });
    expect(first.json["secret"]).to.match(/^whsec_/);
    const second = await admin.ask("PUT", path, { url: `${receiver.url}/2` });
    expect(second.json["secret"]).to.equal(null);
    const webhook = await shown();
    expect(webhook).to.include({ url: `${receiver.url}/2`, enabled: true, pending: 0, failed: 0 });
    expect(JSON.stringify(webhook)).not.to.include(String(first.json["secret"]));
    const { host } = new URL(receiver.url);
    expect(await acts()).to.deep.equal(Array<string>(2).fill(`webhook.set shop {"host":"${host}"}`));
    const { browser } = await fixture.person("田中 一郎", "viewer");
    const seen = (await browser.get(path)).json["webhook"];
    expect(seen, "paths are secrets now and then").to.include({ url: new URL(receiver.url).origin });
  });

  for (const url of [
    "http://example.com/hook",
    "https://127.0.0.1/hook",
    "https://[::1]/",
    "https://10.0.0.1/",
    "https://user:word@example.com/",
    "ftp://example.com/",
    "nothing",
  ]) {
    it(`is not set to ${url}`, async () => {
      await fixture.stop();
      await begin({ allowPrivate: false });
      const answer = await admin.ask("PUT", path, { url });
      expect([answer.status, answer.json["code"]]).to.deep.equal([400, "invalid_request"]);
      expect((answer.json["errors"] as { field: string }[])[0]?.field).to.equal("url");
      expect(await shown()).to.equal(null);
    });
  }

  it("is tested by one request that says so, signed as events are, and is told what came of it", async () => {
    const { secret } = (await admin.ask("PUT", path, { url: receiver.url })).json;
    const answer = await admin.post(`${path}/test`);
    expect(answer.json).to.deep.equal({ status: 204, error: null });
    const [received] = receiver.received;
    expect(JSON.parse(received!.body)).to.include({ type: "test" });
    expect(received!.headers["webhook-id"]).to.match(/^evt_test_/);
    expect(verifies(String(secret), received!, fixture.now)).to.equal(true);
    const kept = await fixture.store.read.selectFrom("events").selectAll().execute();
    expect(kept).to.deep.equal([]);
    expect((await acts()).at(-1)).to.equal("webhook.tested shop {}");
  });

  it("is told what a receiver refuses, and is not disabled by a 410 to a test", async () => {
    await admin.ask("PUT", path, { url: receiver.url });
    receiver.answer = (_request, response) => response.writeHead(410).end();
    expect((await admin.post(`${path}/test`)).json).to.deep.equal({ status: 410, error: "refused" });
    receiver.answer = (_request, response) => response.writeHead(302, { location: "/x" }).end();
    expect((await admin.post(`${path}/test`)).json).to.deep.equal({ status: 302, error: "redirect" });
    expect(await shown()).to.include({ enabled: true });
    expect(receiver.received).to.have.length(2);
  });

  it("is told where nobody listens", async () => {
    await admin.ask("PUT", path, { url: receiver.url });
    await receiver.stop();
    expect((await admin.post(`${path}/test`)).json).to.deep.equal({ status: null, error: "ECONNREFUSED" });
    receiver = await Receiver.start();
  });

  it("is told where no answer comes in time", async () => {
    await fixture.stop();
    await begin({ allowPrivate: true, attemptTimeoutMs: 50 });
    await admin.ask("PUT", path, { url: receiver.url });
    receiver.answer = () => undefined;
    expect((await admin.post(`${path}/test`)).json).to.deep.equal({ status: null, error: "timeout" });
  });

  it("is tested once at a time", async () => {
    await admin.ask("PUT", path, { url: receiver.url });
    let answer: () => void = () => undefined;
    receiver.answer = (_request, response) => {
      answer = () => response.writeHead(204).end();
    };
    const first = admin.post(`${path}/test`);
    await receiver.has(1);
    expect((await admin.post(`${path}/test`)).json["code"]).to.equal("conflict");
    answer();
    expect((await first).json).to.deep.equal({ status: 204, error: null });
  });

  it("gets a new secret, and the old one signs too until its time is over", async () => {
    const { secret: old } = (await admin.ask("PUT", path, { url: receiver.url })).json;
    const rotated = await admin.post(`${path}/rotate`, { overlap_hours: 1 });
    const until = new Date(fixture.now + HOUR).toISOString();
    expect(rotated.json["previous_secret_until"]).to.equal(until);
    expect(await shown()).to.include({ previous_secret_until: until });
    await admin.post(`${path}/test`);
    const signed = (nth: number): boolean[] =>
      [old, rotated.json["secret"]].map((one) => verifies(String(one), receiver.received[nth]!, fixture.now));
    expect(signed(0)).to.deep.equal([true, true]);
    fixture.now += HOUR;
    const { browser } = await fixture.person("sato", "admin");
    await browser.post(`${path}/test`);
    expect(signed(1)).to.deep.equal([false, true]);
  });

  for (const hours of [-1, 721, "24", null]) {
    it(`is not rotated over ${JSON.stringify(hours)} hours`, async () => {
      await admin.ask("PUT", path, { url: receiver.url });
      expect((await admin.post(`${path}/rotate`, { overlap_hours: hours })).status).to.equal(400);
    });
  }

  it("is disabled, then neither tested nor disabled again, and enabled by being set", async () => {
    await admin.ask("PUT", path, { url: receiver.url });
    expect((await admin.post(`${path}/disable`)).status).to.equal(204);
    expect(await shown()).to.include({ enabled: false, disabled_why: "by an administrator" });
    for (const act of ["test", "disable", "redeliver"]) {
      expect((await admin.post(`${path}/${act}`)).json["code"]).to.equal("conflict");
    }
    await admin.ask("PUT", path, { url: receiver.url });
    expect(await shown()).to.include({ enabled: true, disabled_at: null });
  });

  it("that is not there is neither rotated nor tested", async () => {
    expect((await admin.post(`${path}/rotate`, { overlap_hours: 0 })).status).to.equal(409);
    expect((await admin.post(`${path}/test`)).status).to.equal(409);
    expect(await acts()).to.deep.equal([]);
  });

  it("has what was given up sent again, and says how much that is", async () => {
    await admin.ask("PUT", path, { url: receiver.url });
    const { store } = fixture;
    await store.write(async (db) => {
      for (let nth = 0; nth < 3; nth += 1) {
        await appendEvent(db, store.vault, {
          ...{ clientId: id, type: "verification.created", verificationSeq: null, now: fixture.now },
          data: verificationData({}),
        });
      }
      await queueDeliveries(db, id, fixture.now);
      const due = await listDueDeliveries(db, id, fixture.now, 2);
      for (const { event_seq: seq } of due) {
        await recordDelivery(db, seq, { status: 500, error: "refused", retryAt: null }, fixture.now);
      }
    });
    expect(await shown()).to.include({ pending: 1, failed: 2 });
    expect((await admin.post(`${path}/redeliver`)).json).to.deep.equal({ redelivered: 2 });
    expect(await shown()).to.include({ pending: 3, failed: 0 });
    expect((await admin.post(`${path}/redeliver`)).json).to.deep.equal({ redelivered: 0 });
    expect((await acts()).slice(1)).to.deep.equal(['webhook.redelivered shop {"events":"2"}']);
  });
});
