import type { IncomingHttpHeaders } from "node:http";
import { Agent, request } from "node:https";
import { expect } from "chai";
import { WrongKeys } from "../../src/http/wrong-keys.js";
import { networkOf } from "../../src/http/peer-network.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { figure } from "./figures.js";

/** Lines of the log that tell of wrong keys. */
const told = (text: string): Record<string, unknown>[] =>
  text
    .split("\n")
    .filter((line) => line.includes("wrong API keys"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("attack: one wrong key after another", () => {
  describe("at the API", () => {
    let fixture: ApiFixture;
    let agent: Agent;

    before(async () => {
      fixture = await startApi();
    });
    after(() => fixture.stop());
    beforeEach(() => {
      agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
    });
    afterEach(() => {
      agent.destroy();
    });

    const guess = (key: string): Promise<{ status: number; headers: IncomingHttpHeaders }> =>
      new Promise((resolve, reject) => {
        request(
          `${fixture.api.url}/v1/verifications`,
          { agent, headers: { authorization: `Bearer ${key}` } },
          (response) => {
            response.resume();
            response.on("end", () => {
              resolve({ status: response.statusCode ?? 0, headers: response.headers });
            });
          },
        )
          .on("error", reject)
          .end();
      });

    it("is answered 401 a few times, then 429 with a wait that grows, on a connection that is closed", async () => {
      const answers = [];
      for (let n = 0; n < 13; n++) answers.push(await guess(`honnin_wrong${n}`));
      expect(answers.map(({ status }) => status)).to.deep.equal([
        ...Array.from({ length: 10 }, () => 401),
        ...[429, 429, 429],
      ]);
      expect(answers.slice(10).map(({ headers }) => headers["retry-after"])).to.deep.equal(["1", "2", "4"]);
      expect(answers.at(-1)?.headers.connection).to.equal("close");
    });

    it("does not lock out a right key from the same address, nor who sends none", async () => {
      expect((await guess("honnin_wrong")).status).to.equal(429);
      for (let n = 0; n < 5; n++) expect((await guess(fixture.api.key)).status).to.equal(200);
      expect((await fixture.api.get("/v1/verifications", { key: null })).status).to.equal(401);
    });

    it("is slow to go on, however many connections guess at once", async () => {
      const WORKERS = 8;
      const MS = 3_000;
      let guesses = 0;
      const end = performance.now() + MS;
      await Promise.all(
        Array.from({ length: WORKERS }, async () => {
          while (performance.now() < end) {
            await guess("honnin_wrong");
            guesses += 1;
          }
        }),
      );
      figure(`wrong keys judged a second, ${WORKERS} at once (was 1,425)`, Math.round((guesses * 1000) / MS));
      // Each is held back for two seconds: two rounds have ended, or begun.
      expect(guesses).to.be.at.most(WORKERS * 3);
    });

    it("tells the key nowhere", () => {
      expect(fixture.logged()).not.to.contain("honnin_wrong");
    });
  });

  describe("in the log", () => {
    it("is one line for all of them, with how many there were and the address of most", () => {
      const { log, text } = capturedLog();
      const wrongKeys = new WrongKeys(() => 1_800_000_000_000, log);
      for (let n = 0; n < 1000; n++) wrongKeys.count("192.0.2.7");
      for (let n = 0; n < 3; n++) wrongKeys.count("::ffff:198.51.100.9");
      wrongKeys.tell();
      wrongKeys.tell();
      const lines = told(text());
      figure("lines in the log for 1,003 wrong keys (was 0)", lines.length);
      expect(lines).to.have.length(1);
      expect(lines[0]).to.include({ count: 1003, addresses: 2, most_from: "192.0.2.7", most: 1000 });
    });
  });

  describe("by the address", () => {
    it("counts an IPv4 address however it is written, and a /64 of IPv6 as one", () => {
      expect(networkOf("::ffff:192.0.2.1")).to.equal(networkOf("192.0.2.1"));
      expect(networkOf("2001:db8:1:2:3:4:5:6")).to.equal(networkOf("2001:db8:1:2::1"));
      expect(networkOf("2001:db8:1:2::1")).not.to.equal(networkOf("2001:db8:1:3::1"));
      expect(networkOf("::1")).to.equal(networkOf("0:0:0:0::2"));
      expect(networkOf("fe80::1%eth0")).to.equal(networkOf("fe80::2"));
      expect(networkOf(undefined)).to.equal("");
    });

    it("forgets after ten quiet minutes, and has a bound on what it keeps", () => {
      let now = 1_800_000_000_000;
      const wrongKeys = new WrongKeys(() => now, capturedLog().log);
      for (let n = 0; n < 30; n++) wrongKeys.count("192.0.2.7");
      expect(wrongKeys.count("192.0.2.7"), "longest").to.equal(300);
      expect(wrongKeys.count("192.0.2.8"), "another").to.equal(0);
      now += 10 * 60_000 + 1;
      expect(wrongKeys.count("192.0.2.7"), "after a pause").to.equal(0);
      for (let n = 0; n < 20_000; n++) wrongKeys.count(`10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`);
      expect(wrongKeys.known).to.equal(10_000);
    });
  });
});
