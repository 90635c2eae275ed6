import { expect } from "chai";
import { redeliverEvent, redeliverFailed } from "../../src/store/webhook-deliveries.js";
import { findWebhook, rotateWebhookSecret, setWebhook } from "../../src/store/webhooks.js";
import { printSecret } from "../../src/events/webhook-signature.js";
import { verificationData } from "../support/event-data.js";
import { Receiver, verifies } from "./receiver.js";
import { WebhookFixture } from "./webhook-fixture.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

describe("webhooks", () => {
  let fixture: WebhookFixture;
  let receiver: Receiver;
  const others: Receiver[] = [];

  const another = async (): Promise<Receiver> => {
    const made = await Receiver.start();
    others.push(made);
    return made;
  };

  beforeEach(async () => {
    fixture = await WebhookFixture.start();
    receiver = await Receiver.start(fixture.tls);
  });
  afterEach(async () => {
    await receiver.stop();
    for (const other of others.splice(0)) await other.stop();
    await fixture.stop();
  });

  it("sends an event over HTTPS, signed by the Standard Webhooks rules", async () => {
    const secret = await fixture.client("a", receiver.url);
    fixture.deliver();
    await fixture.event("a", { 文: "本人" });
    const delivery = await fixture.attempted(1);
    expect(delivery).to.include({ last_status: 204, last_error: null, delivered_at: fixture.now });
    const [received] = receiver.received;
    if (received === undefined) throw new Error("nothing was received");
    expect(secret).to.match(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(verifies(secret, received, fixture.now)).to.equal(true);
    expect(verifies(secret, { ...received, body: `${received.body} ` }, fixture.now)).to.equal(false);
    expect(received.headers).to.include({ "content-type": "application/json" });
    expect(received.headers["webhook-id"]).to.match(/^evt_/);
    expect(JSON.parse(received.body)).to.deep.equal({
      type: "verification.created",
      timestamp: new Date(fixture.now).toISOString(),
      data: verificationData({ 文: "本人" }),
    });
  });

  it("signs with the old secret too while a rotation lasts, and not after", async () => {
    const old = await fixture.client("a", receiver.url);
    const issued = await fixture.store.write((db) =>
      rotateWebhookSecret(db, fixture.store.vault, "cli_a", fixture.now + HOUR),
    );
    const fresh = printSecret(issued ?? Buffer.alloc(0));
    fixture.deliver();
    await fixture.event("a");
    await receiver.has(1);
    await fixture.attempted(1);
    fixture.now += HOUR;
    await fixture.event("a");
    await receiver.has(2);
    const valid = receiver.received.map((received) =>
      [fresh, old].map((secret) =>
        verifies(secret, received, fixture.now - (received === receiver.received[0] ? HOUR : 0)),
      ),
    );
    expect(valid).to.deep.equal([
      [true, true],
      [true, false],
    ]);
    expect(String(receiver.received[0]?.headers["webhook-signature"]).split(" ")).to.have.length(2);
  });

  it("tries again by the schedule, with the same id, and gives up at its end", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => response.writeHead(500).end();
    fixture.deliver();
    await fixture.event("a");
    const pauses: number[] = [];
    for (let attempt = 1; attempt <= 10; attempt++) {
      const delivery = await fixture.attempted(attempt);
      expect(delivery).to.include({ attempts: attempt, last_status: 500, last_error: "refused" });
      if (attempt === 10) expect(delivery.dead).to.equal(1);
      else {
        const pause = delivery.next_attempt_at - fixture.now;
        pauses.push(pause);
        fixture.pass(pause);
      }
    }
    const hours = [2, 5, 10, 14, 20, 24].map((count) => count * HOUR);
    expect(pauses).to.deep.equal([5 * SECOND, 5 * MINUTE, 30 * MINUTE, ...hours]);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"])).size).to.equal(1);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-timestamp"])).size).to.equal(10);
  });

  it("adds up to a tenth of jitter to a pause", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => response.writeHead(503).end();
    fixture.deliver({ random: () => 0.5 });
    await fixture.event("a");
    expect((await fixture.attempted(1)).next_attempt_at - fixture.now).to.equal(5_250);
  });

  for (const [said, header] of [
    ["seconds", () => "90"],
    ["a date", (now: number) => new Date(now + 90 * SECOND).toUTCString()],
  ] as const) {
    it(`waits as long as Retry-After asks, told in ${said}`, async () => {
      await fixture.client("a", receiver.url);
      receiver.answer = (_request, response) =>
        response.writeHead(429, { "retry-after": header(fixture.now) }).end();
      fixture.deliver();
      await fixture.event("a");
      expect((await fixture.attempted(1)).next_attempt_at - fixture.now).to.equal(90 * SECOND);
    });
  }

  it("disables the webhook at 410, and sends from then on again when it is set anew", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => response.writeHead(410).end();
    fixture.deliver();
    await fixture.event("a");
    expect(await fixture.attempted(1)).to.include({ dead: 1, last_status: 410 });
    expect(await findWebhook(fixture.store.read, "cli_a")).to.deep.include({
      disabled_at: fixture.now,
      disabled_why: "the receiver answered 410 Gone",
    });
    await fixture.event("a", { when: "missed" });
    receiver.answer = (_request, response) => response.writeHead(200).end();
    await fixture.store.write((db) => setWebhook(db, fixture.store.vault, "cli_a", receiver.url));
    await fixture.event("a", { when: "after" });
    await receiver.has(2);
    expect(receiver.received[1]?.body).to.include('"when":"after"');
  });

  it("leaves a URL enabled that was set while the old one was about to answer 410, and sends there", async () => {
    const next = await another();
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => {
      const set = fixture.store.write((db) => setWebhook(db, fixture.store.vault, "cli_a", next.url));
      void set.then(() => response.writeHead(410).end());
    };
    fixture.deliver();
    await fixture.event("a");
    expect(await fixture.attempted(1)).to.include({ dead: 0, last_status: 410 });
    expect(await findWebhook(fixture.store.read, "cli_a")).to.deep.include({
      url: next.url,
      disabled_at: null,
      disabled_why: null,
    });
    fixture.pass(5 * SECOND);
    await next.has(1);
    expect(await fixture.attempted(2)).to.include({ last_status: 204, last_error: null });
  });

  it("does not follow a redirect", async () => {
    const elsewhere = await another();
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => response.writeHead(307, { location: elsewhere.url }).end();
    fixture.deliver();
    await fixture.event("a");
    expect(await fixture.attempted(1)).to.include({ last_status: 307, last_error: "redirect", dead: 0 });
    expect(elsewhere.received).to.have.length(0);
  });

  it("keeps one client's hanging receiver from holding up another's", async () => {
    await fixture.client("hanging", receiver.url);
    const well = await another();
    await fixture.client("well", well.url);
    receiver.answer = () => undefined;
    fixture.deliver({ attemptTimeoutMs: 60_000 });
    for (let i = 0; i < 20; i++) await fixture.event("hanging");
    await receiver.has(8);
    for (let i = 0; i < 20; i++) await fixture.event("well");
    await well.has(20);
    expect(receiver.received, "attempts under way at one time").to.have.length(8);
  });

  it("gives a receiver that does not answer up as timeout", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = () => undefined;
    fixture.deliver({ attemptTimeoutMs: 100 });
    await fixture.event("a");
    expect(await fixture.attempted(1)).to.include({ last_status: null, last_error: "timeout" });
  });

  it("reads at most 64 KiB of an answer that does not end", async () => {
    await fixture.client("a", receiver.url);
    let cut: Promise<void> | undefined;
    receiver.answer = (_request, response) => {
      response.writeHead(200);
      cut = new Promise((resolve) => response.on("close", resolve));
      const more = (): void => {
        while (!response.destroyed && response.write(Buffer.alloc(16_384)));
      };
      response.on("drain", more);
      more();
    };
    fixture.deliver({ attemptTimeoutMs: 60_000 });
    await fixture.event("a");
    expect(await fixture.attempted(1)).to.include({ last_status: 200, last_error: null });
    await cut;
  });

  it("counts an answer as delivered by its status, though its body stalls", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => response.writeHead(200).write("a");
    fixture.deliver({ attemptTimeoutMs: 200 });
    await fixture.event("a");
    expect(await fixture.attempted(1)).to.include({ last_status: 200, last_error: null });
  });

  it("sends the events of one verification one after another", async () => {
    await fixture.client("a", receiver.url);
    let open = 0;
    let most = 0;
    receiver.answer = (_request, response) => {
      most = Math.max(most, ++open);
      setImmediate(() => {
        open--;
        response.writeHead(204).end();
      });
    };
    for (let i = 0; i < 10; i++) await fixture.event("a", { i: String(i) }, 7);
    fixture.deliver();
    await receiver.has(10);
    expect(
      receiver.received.map(({ body }) =>
        Number((JSON.parse(body) as { data: { metadata: { i: string } } }).data.metadata.i),
      ),
    ).to.deep.equal(Array.from({ length: 10 }, (_, i) => i));
    expect(most).to.equal(1);
  });

  it("goes on after a restart with what was not delivered, also with events of which nobody was told", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => response.writeHead(500).end();
    fixture.deliver();
    await fixture.event("a", { which: "first" });
    await fixture.attempted(1);
    receiver.answer = (_request, response) => response.writeHead(204).end();
    await fixture.restart();
    fixture.pass(5 * SECOND);
    await fixture.event("a", { which: "second" });
    const all = await fixture.deliveries(
      (rows) => rows.length === 2 && rows.every((row) => row.delivered_at !== null),
    );
    expect(all.map((row) => row.attempts)).to.deep.equal([2, 1]);
  });

  it("sends at its stop what has just happened", async () => {
    await fixture.client("a", receiver.url);
    fixture.deliver();
    const happened = Promise.all([1, 2, 3].map((i) => fixture.event("a", { i: String(i) }, 7)));
    await happened;
    const stopped = fixture.restart();
    await receiver.has(3);
    await stopped;
    const all = await fixture.deliveries((rows) => rows.every((row) => row.delivered_at !== null));
    expect(all.map((row) => row.attempts)).to.deep.equal([1, 1, 1]);
  });

  it("makes an attempt that the stop has cut off again, as if it had not been", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = () => undefined;
    fixture.deliver();
    await fixture.event("a");
    await receiver.has(1);
    receiver.answer = (_request, response) => response.writeHead(204).end();
    await fixture.restart();
    expect(await fixture.attempted(1)).to.include({ attempts: 1, last_status: 204 });
  }).timeout(240_000);

  it("sends again on request: one event, or all that were given up", async () => {
    await fixture.client("a", receiver.url);
    receiver.answer = (_request, response) => response.writeHead(410).end();
    fixture.deliver();
    await fixture.event("a");
    await fixture.attempted(1);
    receiver.answer = (_request, response) => response.writeHead(204).end();
    await fixture.store.write((db) => setWebhook(db, fixture.store.vault, "cli_a", receiver.url));
    expect(await fixture.store.write((db) => redeliverFailed(db, null, fixture.now))).to.equal(1);
    fixture.pass(0);
    await fixture.deliveries(([row]) => row?.delivered_at !== null);
    const id = String(receiver.received[0]?.headers["webhook-id"]);
    expect(await fixture.store.write((db) => redeliverEvent(db, id, fixture.now))).to.equal(true);
    expect(await fixture.store.write((db) => redeliverEvent(db, "evt_none", fixture.now))).to.equal(false);
    fixture.pass(0);
    await receiver.has(3);
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"]))).to.deep.equal(
      new Set([id]),
    );
  });

  describe("without HONNIN_WEBHOOK_ALLOW_PRIVATE", () => {
    for (const [what, url] of [
      ["loopback", "https://127.0.0.1:PORT/"],
      ["loopback in another spelling", "https://0x7f.1:PORT/"],
      ["IPv6 loopback", "https://[::1]:PORT/"],
      ["IPv4 in IPv6", "https://[::ffff:127.0.0.1]:PORT/"],
      ["a private network", "https://10.0.0.1:PORT/"],
      ["link-local, where clouds keep their metadata", "https://169.254.169.254/"],
      ["a name that resolves to loopback", "https://localhost:PORT/"],
      ["plain http", "http://example.com/"],
    ] as const) {
      it(`refuses ${what}`, async () => {
        await fixture.client("a", url.replace("PORT", new URL(receiver.url).port));
        fixture.deliver({ allowPrivate: false });
        await fixture.event("a");
        expect(await fixture.attempted(1)).to.include({ last_status: null, last_error: "target_refused" });
        expect(receiver.received).to.have.length(0);
      });
    }
  });
});
