import { expect } from "chai";
import { RepeatedLines } from "../../src/asterisk/repeated-lines.js";
import { prepareAsterisk } from "../asterisk/running-asterisk.js";
import { finalStatus } from "../asterisk/sip-request.js";
import { type ApiFixture, CALL_LIMITS, startApi } from "../support/api-fixture.js";
import { figure } from "./figures.js";

const HEAD = "[2026-11-27 03:00:00.123]";
const request = (source: string): string =>
  `${HEAD} NOTICE[71]: res_pjsip/pjsip_distributor.c:688 log_failed_request: Request 'INVITE' from ` +
  `'<sip:100@192.0.2.9>' failed for '${source}:5060' (callid: ${Math.random()}) - No matching endpoint found`;
const security = (source: string): string =>
  `${HEAD} SECURITY[72]: res_security_log.c:100 security_event_stasis_cb: SecurityEvent="InvalidAccountID",` +
  `EventTV="2026-11-27T03:00:00.123+0000",RemoteAddress="IPV4/UDP/${source}/5060"`;

describe("an attack: filling the disk", function () {
  this.timeout(120_000);

  describe("with SIP of strangers", () => {
    let told: string[];
    let lines: RepeatedLines;
    const admitted = (all: readonly string[]): string[] => all.filter((line) => lines.admits(line));

    beforeEach(() => {
      told = [];
      lines = new RepeatedLines((level, line) => told.push(`${level}: ${line}`));
    });

    it("writes one line a minute, which says how many there were and who sent most", () => {
      const spoofed = Array.from({ length: 20_000 }, (_, i) => `198.51.${i >> 8}.${i & 255}`);
      const sources = spoofed.flatMap((source) => [source, "203.0.113.7"]);
      const all = sources.flatMap((source) => [request(source), security(source)]);
      const written = admitted(all);
      lines.flush();
      figure(
        "lines logged of 80,000 that strangers' requests made in a minute",
        written.length + told.length,
      );
      expect(written).to.deep.equal([]);
      expect(told).to.have.length(1);
      expect(told[0]).to.match(
        /^info: SIP of strangers in 60 s: 40000 requests refused, 40000 security events; most from 203\.0\.113\.7 \(4\d{4}\)$/,
      );
    });

    it("lets through the first lines of any other shape, and counts the rest, whatever they are about", () => {
      const other = Array.from(
        { length: 1000 },
        (_, i) => `${HEAD} WARNING[5]: pjproject: <?>: sip_transport.c Error processing ${i} bytes packet`,
      );
      expect(admitted([...other, `${HEAD} ERROR[6]: stasis.c:1 do_it: something else`])).to.have.length(31);
      lines.flush();
      expect(told).to.have.length(1);
      expect(told[0]).to.match(/^warn: 970 more lines like this one: .*Error processing/);
      expect(admitted(other.slice(0, 3)), "the next minute").to.have.length(3);
    });

    it("holds no more in memory for a stranger who makes up ever new lines", () => {
      const shape = (i: number): string =>
        i.toString(26).replace(/\d/g, (d) => "qrstuvwxyz"[Number(d)] ?? "");
      const all = Array.from({ length: 10_000 }, (_, i) => `${HEAD} NOTICE[5]: ${shape(i)}.c: text`);
      expect(admitted(all).length).to.be.lessThan(300);
    });

    it("says nothing when there was nothing", () => {
      lines.flush();
      expect(told).to.deep.equal([]);
    });
  });

  describe("with SIP of strangers to a real Asterisk", () => {
    it("leaves one line, with their number and their address", async () => {
      const own = await prepareAsterisk();
      try {
        await own.asterisk.start();
        const stranger = {
          from: "127.0.0.2",
          caller: "100",
          called: "0312345678",
          port: own.asterisk.sipPort,
        };
        const before = own.lines.length;
        for (let i = 0; i < 100; i++) {
          expect(await finalStatus({ method: i % 2 ? "OPTIONS" : "INVITE", ...stranger })).to.equal(401);
        }
        await own.asterisk.stop();
        const lines = own.lines
          .slice(before)
          .filter((line) => /Request '|SecurityEvent=|SIP of strangers/.test(line));
        figure("lines logged of 100 requests of a stranger", lines.length);
        expect(lines).to.have.length(1);
        expect(lines[0]).to.match(
          /^SIP of strangers in 60 s: \d+ requests refused, \d+ security events; most from 127\.0\.0\.2 /,
        );
      } finally {
        await own[Symbol.asyncDispose]();
      }
    });
  });

  describe("with registrations", () => {
    let fixture: ApiFixture;
    let hasRoom = true;
    const register = (): ReturnType<typeof fixture.api.post> =>
      fixture.api.post("/v1/verifications", { phone_number: "090-1234-5678", direction: "inbound" });
    const enroll = (): ReturnType<typeof fixture.api.post> =>
      fixture.api.post("/v1/enrollments", { phone_number: "090-1234-5678" });

    before(async () => {
      const limits = { ...CALL_LIMITS, registrationsPerDay: 20, enrollments: 3 };
      fixture = await startApi(undefined, undefined, { calls: limits, diskHasRoom: () => hasRoom });
    });
    after(() => fixture.stop());

    it("is refused while the disk is nearly full; what is there can be asked for", async () => {
      const { json } = await register();
      hasRoom = false;
      for (const refused of [await register(), await enroll()]) {
        expect([refused.status, refused.json["code"], refused.json["detail"]]).to.deep.equal([
          503,
          "service_unavailable",
          "the disk is nearly full",
        ]);
      }
      expect((await fixture.api.get(`/v1/verifications/${String(json["id"])}`)).status).to.equal(200);
      hasRoom = true;
      expect((await register()).status).to.equal(201);
    });

    it("a client has so many enrollments, and may delete one for another", async () => {
      const made = [await enroll(), await enroll(), await enroll()];
      expect(made.map(({ status }) => status)).to.deep.equal([201, 201, 201]);
      const refused = await enroll();
      expect([refused.status, refused.json["code"]]).to.deep.equal([422, "too_many_enrollments"]);
      await fixture.api.send(`/v1/enrollments/${String(made[0]?.json["id"])}`, { method: "DELETE" });
      expect((await enroll()).status).to.equal(201);
    });

    it("ends at the client's quota of the day, and another's is its own", async () => {
      let taken = 0;
      let last = await register();
      for (; last.status === 201 && taken < 100; last = await register()) taken += 1;
      expect([last.status, last.json["code"]]).to.deep.equal([429, "too_many_registrations"]);
      expect(last.headers["ratelimit-policy"]).to.equal('"registrations-a-day";q=20;w=86400');
      expect(Number(last.headers["retry-after"])).to.be.within(1, 86_400);
      figure("registrations stored of a client whose quota is 20 a day", 6 + taken);
      expect(taken).to.equal(20 - 6);
      const other = await fixture.newClient("other");
      const free = await other.post("/v1/verifications", {
        phone_number: "09012345678",
        direction: "inbound",
      });
      expect(free.status).to.equal(201);
    });
  });
});
