import { expect } from "chai";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { HttpPeer, json, type OnPost } from "./http-peer.js";
import { type Entry, NUMBER, OpenedGateways, SECRET, TOKEN } from "./opened-gateways.js";
import { type TestTls, testTls } from "./tls-pair.js";

describe("a gateway by HTTP", () => {
  let tls: TestTls;
  const peers: HttpPeer[] = [];
  const opened: OpenedGateways[] = [];
  before(async () => {
    tls = await testTls();
  });
  after(() => tls.remove());
  afterEach(async () => {
    for (const gateways of opened.splice(0)) await gateways.close();
    for (const peer of peers.splice(0)) await peer.stop();
  });

  const peer = async (onPost: OnPost): Promise<HttpPeer> => {
    const started = await HttpPeer.start(tls, onPost);
    peers.push(started);
    return started;
  };
  const at = (port: number, entry: Entry = {}): Entry => ({
    name: "main",
    url: `https://localhost:${String(port)}/send`,
    tls_ca: tls.caFile,
    max_per_second: "1000",
    ...entry,
  });
  const open = (...entries: readonly Entry[]): OpenedGateways => {
    const gateways = new OpenedGateways(entries);
    opened.push(gateways);
    return gateways;
  };

  it("is sent JSON of which nothing but the address was said, and its id is kept", async () => {
    const one = await peer(json(200, { id: 4711 }));
    const gateways = open(at(one.port));
    expect(await gateways.send()).to.deep.equal({ kind: "accepted", gateway: "main", reference: "4711" });
    expect(one.posts).to.have.length(1);
    expect(JSON.parse(one.posts[0]?.text ?? "")).to.deep.equal({
      to: NUMBER,
      text: "Code 123456",
      id: "att_1",
    });
  });

  it("is sent what the settings say, as JSON: numbers as numbers, and no text breaks out of its string", async () => {
    const one = await peer(json(202, { data: [{ ref: "a-1", state: "ok" }] }));
    const gateways = open(
      at(one.port, {
        url: `https://localhost:${String(one.port)}/{username}/send`,
        username: "acme/1",
        password: SECRET,
        auth: "bearer",
        sender: "ACME",
        headers: { "X-Version": "3", "X-Key": "k-{password}" },
        body: '{"m": [{"n": "{to}", "s": "{sender}: {text}", "ttl": "{validity_seconds}", "cb": {"u": "{report_url}"}, "k": 1}]}',
        number_format: "national",
        id_at: "data.0.ref",
        accepted_at: "data.*.state",
        accepted_values: ["ok"],
      }),
    );
    const text = 'a", "s": "{password}\n認証';
    expect(await gateways.send({ text, expiresAt: Date.now() + 59_500 })).to.include({ reference: "a-1" });
    const [posted] = one.posts;
    expect(posted?.path).to.equal("/acme%2F1/send");
    expect(posted?.headers).to.include({
      authorization: `Bearer ${SECRET}`,
      "x-version": "3",
      "x-key": `k-${SECRET}`,
    });
    expect(JSON.parse(posted?.text ?? "")).to.deep.equal({
      m: [{ n: "09012345678", s: `ACME: ${text}`, ttl: 60, k: 1 }],
    });
  });

  it("may answer without an id: then nothing is heard of the message", async () => {
    const one = await peer(json(204, undefined));
    expect(await open(at(one.port)).send()).to.deep.equal({
      kind: "accepted",
      gateway: "main",
      reference: null,
    });
  });

  const ANSWERS: readonly (readonly [
    what: string,
    onPost: OnPost,
    kind: string,
    code: string,
    entry?: Entry,
  ])[] = [
    ["400 with a word", json(400, { code: "invalid_to" }), "refused", "invalid_to"],
    ["401", json(401, {}), "refused", "http_401"],
    ["a word with a number in it", json(400, { code: `not a number: ${NUMBER}` }), "refused", "http_400"],
    ["408", json(408, {}), "unknown", "http_408"],
    ["500", json(500, {}), "unknown", "http_500"],
    ["500, which it says means no", json(500, {}), "refused", "http_500", { refused_statuses: "500,503" }],
    ["a redirect", json(307, {}, { location: "https://localhost:1/" }), "unknown", "http_307"],
    [
      "2xx that cannot be read where it should say what became of the message",
      (_posted, response) => response.end("<html>"),
      "unknown",
      "unreadable_answer",
      { accepted_at: "status", accepted_values: "ok" },
    ],
    [
      "2xx that says no",
      json(200, { status: "barred" }),
      "refused",
      "barred",
      { accepted_at: "status", accepted_values: "ok" },
    ],
    [
      "2xx of which one part says no",
      json(200, { parts: [{ s: "ok" }, { s: "barred" }] }),
      "unknown",
      "barred",
      { accepted_at: "parts.*.s", accepted_values: "ok" },
    ],
    ["nothing", () => undefined, "unknown", "timeout", { answer_seconds: "0.5" }],
    [
      "half an answer",
      (_posted, response) => {
        response.writeHead(200, { "content-length": "100" });
        response.write("{");
        setImmediate(() => response.destroy());
      },
      "unknown",
      "ECONNRESET",
    ],
    [
      "an answer without end",
      (_posted, response) => {
        const pour = (): void => {
          while (response.write("x".repeat(10_000)));
          response.once("drain", pour);
        };
        pour();
      },
      "unknown",
      "answer_too_long",
    ],
  ];
  for (const [what, onPost, kind, code, entry = {}] of ANSWERS) {
    it(`${kind === "unknown" ? "leaves open whether a message went" : "has refused a message"} at ${what}`, async () => {
      const one = await peer(onPost);
      const other = await peer(json(200, { id: "2" }));
      const gateways = open(at(one.port, entry), at(other.port, { name: "second", order: "2" }));
      const outcome = await gateways.send();
      if (kind === "unknown") expect(outcome).to.deep.equal({ kind, gateway: "main", code });
      else expect(outcome).to.include({ kind: "accepted", gateway: "second" });
      expect(gateways.logged()).to.contain(`"code":"${code}"`);
      expect(one.posts).to.have.length(1);
      expect(other.posts).to.have.length(kind === "unknown" ? 0 : 1);
    });
  }

  it("is passed over where nobody listens: nothing was sent", async () => {
    const nobody = createServer();
    nobody.listen(0, "127.0.0.1");
    await once(nobody, "listening");
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    const other = await peer(json(200, { id: "2" }));
    const gateways = open(at(port), at(other.port, { name: "second", order: "2" }));
    expect(await gateways.send()).to.include({ kind: "accepted", gateway: "second" });
    expect(gateways.logged()).to.contain("ECONNREFUSED");
  });

  it("is told nothing where its certificate is another's", async () => {
    const one = await peer(json(200, { id: "1" }));
    const gateways = open(at(one.port, { url: `https://127.0.0.1:${String(one.port)}/` }));
    expect(await gateways.send()).to.deep.equal({
      kind: "refused",
      gateway: "main",
      code: "ERR_TLS_CERT_ALTNAME_INVALID",
    });
    expect(one.posts).to.have.length(0);
  });

  it("is asked again after 429, when it said, and the message is sent once", async () => {
    let asked = 0;
    const one = await peer((posted, response) => {
      asked += 1;
      if (asked < 3) json(429, {}, { "retry-after": "1" })(posted, response);
      else json(200, { id: "1" })(posted, response);
    });
    expect(await open(at(one.port)).send()).to.include({ kind: "accepted", reference: "1" });
    expect(asked).to.equal(3);
  });

  describe("of a kind that is known", () => {
    const told = (text: string): Record<string, string> => Object.fromEntries(new URLSearchParams(text));
    const REPORT_URL = `https://auth.example/sms/reports/main/${TOKEN}`;

    it("Twilio: Basic, a form, the callback", async () => {
      const one = await peer(json(201, { sid: "SM1", status: "queued" }));
      const gateways = open(
        at(one.port, {
          manner: "twilio",
          username: "AC1",
          password: SECRET,
          sender: "+815012345678",
          public_url: "https://auth.example/",
        }),
      );
      const sent = await gateways.send({ expiresAt: Date.now() + 299_500 });
      expect(sent).to.include({ reference: "SM1" });
      expect(one.posts[0]?.headers.authorization).to.equal(
        `Basic ${Buffer.from(`AC1:${SECRET}`).toString("base64")}`,
      );
      expect(told(one.posts[0]?.text ?? "")).to.deep.equal({
        To: NUMBER,
        From: "+815012345678",
        Body: "Code 123456",
        ValidityPeriod: "300",
        StatusCallback: REPORT_URL,
      });
    });

    it("Vonage: the state of each part in an answer of 200", async () => {
      const answers: unknown[] = [
        { messages: [{ status: "1", "error-text": "Throughput Rate Exceeded" }] },
        {
          messages: [
            { status: "0", "message-id": "V1" },
            { status: "0", "message-id": "V2" },
          ],
        },
        { messages: [{ status: "9" }] },
      ];
      const one = await peer((posted, response) => {
        json(200, answers.shift())(posted, response);
      });
      const gateways = open(
        at(one.port, { manner: "vonage", username: "key", password: SECRET, sender: "ACME" }),
      );
      expect(await gateways.send({ text: "認証" }), "throttled at first").to.include({
        kind: "accepted",
        reference: "V1",
      });
      expect(told(one.posts[0]?.text ?? "")).to.include({
        api_key: "key",
        api_secret: SECRET,
        to: NUMBER.slice(1),
        type: "unicode",
      });
      expect(await gateways.send()).to.include({ kind: "refused", code: "9" });
    });

    it("Infobip: JSON with the key in a header", async () => {
      const one = await peer(
        json(200, { messages: [{ messageId: "I1", status: { groupName: "PENDING" } }] }),
      );
      const gateways = open(at(one.port, { manner: "infobip", password: SECRET, sender: "ACME" }));
      expect(await gateways.send({ expiresAt: Date.now() + 299_500 })).to.include({ reference: "I1" });
      expect(one.posts[0]?.headers.authorization).to.equal(`App ${SECRET}`);
      expect(JSON.parse(one.posts[0]?.text ?? "")).to.deep.equal({
        messages: [
          {
            sender: "ACME",
            destinations: [{ to: NUMBER.slice(1) }],
            content: { text: "Code 123456" },
            options: { validityPeriod: { amount: 300, timeUnit: "SECONDS" } },
          },
        ],
      });
    });

    it("Karaden: eleven digits, a bearer and a version", async () => {
      const one = await peer(json(200, { id: "K1", object: "message" }));
      const gateways = open(at(one.port, { manner: "karaden", password: SECRET, sender: "12" }));
      expect(await gateways.send()).to.include({ reference: "K1" });
      expect(one.posts[0]?.headers).to.include({
        authorization: `Bearer ${SECRET}`,
        "karaden-version": "2023-01-01",
      });
      expect(told(one.posts[0]?.text ?? "")).to.include({ service_id: "12", to: "09012345678" });
    });
  });
});
