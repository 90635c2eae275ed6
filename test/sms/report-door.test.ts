import { expect } from "chai";
import { createHmac } from "node:crypto";
import type { DeliveryReport } from "../../src/sms/sms-sender.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import { NUMBER, OpenedGateways, SECRET, TOKEN } from "./opened-gateways.js";

const OWN_TOKEN = "own-token-of-the-gateway-00";
const PUBLIC = "https://auth.example/honnin";

describe("reports of gateways by HTTP, on the API's own server", () => {
  let gateways: OpenedGateways;
  let fixture: ApiFixture;
  const kept: DeliveryReport[] = [];
  let onReport: (report: DeliveryReport) => Promise<boolean>;

  before(async () => {
    const url = "https://localhost:1/send";
    gateways = new OpenedGateways(
      [
        { name: "own", url, report_token: OWN_TOKEN, report_undelivered: "failed" },
        { name: "twilio", url, manner: "twilio", username: "AC1", password: SECRET, public_url: PUBLIC },
        { name: "infobip", url, manner: "infobip", password: SECRET },
        { name: "karaden", url, manner: "karaden", password: SECRET, report_token: OWN_TOKEN },
        { name: "vonage", url, manner: "vonage", username: "k", password: SECRET },
        { name: "by-smpp", url: "smpp://127.0.0.1:1", username: "u" },
      ],
      { onReport: (report) => onReport(report) },
    );
    fixture = await startApi(Date.now, [], { smsReports: gateways.open.reports });
  });
  beforeEach(() => {
    kept.length = 0;
    onReport = (report) => {
      kept.push(report);
      return Promise.resolve(true);
    };
  });
  after(async () => {
    await gateways.close();
    await fixture.stop();
    for (const secret of [SECRET, TOKEN, OWN_TOKEN]) expect(fixture.logged()).to.not.contain(secret);
  });

  const post = async (path: string, body: unknown, headers: Record<string, string> = {}): Promise<number> =>
    (
      await fixture.api.send(`/sms/reports/${path}`, {
        method: "POST",
        key: null,
        body: typeof body === "string" ? body : JSON.stringify(body),
        headers: { "content-type": "application/json", ...headers },
      })
    ).status;
  const FORM = { "content-type": "application/x-www-form-urlencoded" };

  it("are kept, without any API key, and thanked for", async () => {
    expect(await post(`own/${OWN_TOKEN}`, { id: "m1", status: "delivered" })).to.equal(204);
    expect(await post(`own/${OWN_TOKEN}`, { id: 2, status: "failed", code: "E7" })).to.equal(204);
    expect(kept).to.deep.equal([
      { gateway: "own", reference: "m1", state: "delivered", code: null },
      { gateway: "own", reference: "2", state: "undelivered", code: "E7" },
    ]);
  });

  it("say nothing while they are not final", async () => {
    expect(await post(`own/${OWN_TOKEN}`, { id: "m1", status: "queued" })).to.equal(204);
    expect(kept).to.deep.equal([]);
  });

  it("never bring a telephone number where a word was expected", async () => {
    await post(`own/${OWN_TOKEN}`, { id: "m1", status: "failed", code: `to ${NUMBER}` });
    expect(kept[0]).to.include({ state: "undelivered", code: null });
  });

  const WRONG: Readonly<Record<string, string>> = {
    "another secret": "own/own-token-of-the-gateway-01",
    "the secret of another": `own/${TOKEN}`,
    "no secret": "own/",
    "a gateway that there is not": `nobody/${OWN_TOKEN}`,
    "a gateway by SMPP": `by-smpp/${TOKEN}`,
    "the name of what every object has": `constructor/${TOKEN}`,
  };
  for (const [what, path] of Object.entries(WRONG)) {
    it(`find nothing by a path with ${what}`, async () => {
      expect(await post(path, { id: "m1", status: "delivered" })).to.equal(404);
      expect(kept).to.deep.equal([]);
    });
  }

  it("are counted, and not logged one by one, where the path is wrong", async () => {
    const [before, logged] = [gateways.open.reports.refused, fixture.logged()];
    for (let time = 0; time < 5; time += 1) await post(`own/x`, "{}");
    expect(gateways.open.reports.refused).to.equal(before + 5);
    expect(fixture.logged()).to.equal(logged);
  });

  const UNREADABLE: readonly (readonly [what: string, body: string, status: number])[] = [
    ["that are no JSON", "{", 400],
    ["without an id", JSON.stringify({ status: "delivered" }), 400],
    ["with an id that is none", JSON.stringify({ id: { $ne: 1 }, status: "delivered" }), 400],
    ["that are too long", JSON.stringify({ id: "m1", padding: "x".repeat(300_000) }), 413],
  ];
  for (const [what, body, status] of UNREADABLE) {
    it(`are refused ${what}`, async () => {
      expect(await post(`own/${OWN_TOKEN}`, body)).to.equal(status);
      expect(kept).to.deep.equal([]);
    });
  }

  it("are asked for again where they could not be kept", async () => {
    onReport = () => Promise.reject(new Error("no disk"));
    expect(await post(`own/${OWN_TOKEN}`, { id: "m1", status: "delivered" })).to.equal(503);
    onReport = (report) => {
      kept.push(report);
      return Promise.resolve(true);
    };
    expect(await post(`own/${OWN_TOKEN}`, { id: "m1", status: "delivered" })).to.equal(204);
    expect(kept).to.have.length(1);
  });

  describe("of Twilio", () => {
    const fields = {
      MessageSid: "SM1",
      MessageStatus: "undelivered",
      ErrorCode: "30003",
      To: NUMBER,
      AccountSid: "AC1",
    };
    const signature = (key: string, said: Readonly<Record<string, string>> = fields): string => {
      const sorted = Object.keys(said)
        .sort()
        .map((name) => name + (said[name] ?? ""))
        .join("");
      return createHmac("sha1", key)
        .update(`${PUBLIC}/sms/reports/twilio/${TOKEN}${sorted}`)
        .digest("base64");
    };
    const body = new URLSearchParams(fields).toString();

    it("are kept when they are signed", async () => {
      const headers = { ...FORM, "x-twilio-signature": signature(SECRET) };
      expect(await post(`twilio/${TOKEN}`, body, headers)).to.equal(204);
      expect(kept).to.deep.equal([
        { gateway: "twilio", reference: "SM1", state: "undelivered", code: "30003" },
      ]);
    });

    const UNSIGNED: Readonly<Record<string, Record<string, string>>> = {
      "without a signature": {},
      "signed by somebody else": { "x-twilio-signature": signature("another") },
      "signed for other words": {
        "x-twilio-signature": signature(SECRET, { ...fields, MessageStatus: "delivered" }),
      },
    };
    for (const [what, headers] of Object.entries(UNSIGNED)) {
      it(`are refused ${what}, though the path is right`, async () => {
        expect(await post(`twilio/${TOKEN}`, body, { ...FORM, ...headers })).to.equal(401);
        expect(kept).to.deep.equal([]);
      });
    }
  });

  it("of Infobip come several at once", async () => {
    const results = [
      { messageId: "I1", status: { groupName: "DELIVERED" } },
      { messageId: "I2", status: { groupName: "EXPIRED" }, error: { name: "EC_ABSENT_SUBSCRIBER" } },
      { messageId: "I3", status: { groupName: "PENDING" } },
    ];
    expect(await post(`infobip/${TOKEN}`, { results })).to.equal(204);
    expect(kept).to.have.deep.members([
      { gateway: "infobip", reference: "I1", state: "delivered", code: null },
      { gateway: "infobip", reference: "I2", state: "undelivered", code: "EC_ABSENT_SUBSCRIBER" },
    ]);
  });

  it("of Karaden say by two fields that a message did not arrive", async () => {
    const report = { id: "K1", result: "done", status: "canceled", sent_result: "none" };
    expect(await post(`karaden/${OWN_TOKEN}`, report)).to.equal(204);
    expect(
      await post(`karaden/${OWN_TOKEN}`, { ...report, status: "done", sent_result: "received" }),
    ).to.equal(204);
    expect(kept.map(({ state }) => state)).to.deep.equal(["undelivered", "delivered"]);
  });

  it("of Vonage come as a form or as JSON", async () => {
    const fields = { messageId: "V1", status: "delivered", "err-code": "0", msisdn: NUMBER.slice(1) };
    expect(await post(`vonage/${TOKEN}`, new URLSearchParams(fields).toString(), FORM)).to.equal(204);
    expect(await post(`vonage/${TOKEN}`, { ...fields, status: "failed", "err-code": "5" })).to.equal(204);
    expect(kept.map(({ state, code }) => [state, code])).to.deep.equal([
      ["delivered", null],
      ["undelivered", "5"],
    ]);
  });
});
