import { expect } from "chai";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket, WebSocketServer } from "ws";
import type { PhoneParts } from "../../src/console/phone/phone-parts.js";
import type { PhoneRelayLimits } from "../../src/console/phone/phone-relay.js";
import { listAudit } from "../../src/store/audit.js";
import { ConsoleFixture } from "./console-fixture.js";

const PASSWORD = "the-password-of-1001";
const consent = (
  extension: string,
  contact = "Contact: <sip:x@y.invalid;transport=ws>;expires=120\r\n",
): string =>
  `SIP/2.0 200 OK\r\nTo: <sip:${extension}-browser@honnin>;tag=2\r\nCSeq: 2 REGISTER\r\n${contact}Content-Length: 0\r\n\r\n`;

/** In the place of Asterisk's WebSocket: says back what it hears. */
class Echo {
  readonly #server: WebSocketServer;
  /** Addresses that it was called from. */
  readonly from: string[] = [];

  private constructor(server: WebSocketServer) {
    this.#server = server;
    server.on("connection", (socket, { socket: { remoteAddress } }) => {
      this.from.push(remoteAddress ?? "");
      socket.on("error", () => undefined);
      socket.on("message", (data, isBinary) => {
        socket.send(data, { binary: isBinary });
      });
    });
  }

  static async start(port = 0): Promise<Echo> {
    const server = new WebSocketServer({
      host: "127.0.0.1",
      port,
      path: "/ws",
      handleProtocols: () => "sip",
    });
    const echo = new Echo(server);
    await once(server, "listening");
    return echo;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get clients(): number {
    return this.#server.clients.size;
  }

  async stop(): Promise<void> {
    for (const client of this.#server.clients) client.terminate();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }
}

describe("the relay of telephones in browsers", () => {
  let echo: Echo;
  let fixture: ConsoleFixture;
  let phone: PhoneParts;
  const sockets: WebSocket[] = [];

  const begin = async (
    change: Partial<PhoneParts> = {},
    limits: Partial<PhoneRelayLimits> = {},
  ): Promise<void> => {
    echo = await Echo.start();
    phone = {
      accounts: [{ name: "1001", password: PASSWORD }],
      numbers: [{ number: "09012345678", extension: "1001" }],
      dids: ["0312345678"],
      sip: { host: "0.0.0.0", port: 5060 },
      socket: { url: `ws://127.0.0.1:${echo.port}/ws`, localAddress: "127.0.0.87" },
      inBrowser: new Set(),
      openHere: false,
      ...change,
    };
    fixture = await ConsoleFixture.start("127.0.0.1", { phone, phoneLimits: limits });
  };
  let running = true;
  const stop = async (): Promise<void> => {
    if (running) await fixture.stop();
    running = false;
  };
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.terminate();
    await stop();
    await echo.stop();
    running = true;
  });

  const dial = (
    token?: string,
    headers: Record<string, string> = {},
    at = "/phone/ws",
    protocol = "sip",
  ): WebSocket => {
    const socket = new WebSocket(fixture.origin.replace("https", "wss") + at, protocol, {
      ca: readFileSync(fixture.certFile),
      headers: {
        origin: fixture.origin,
        ...(token === undefined ? {} : { cookie: `__Host-honnin=${token}` }),
        ...headers,
      },
    });
    socket.on("error", () => undefined);
    sockets.push(socket);
    return socket;
  };
  const opened = async (socket: WebSocket): Promise<WebSocket> => {
    await once(socket, "open");
    return socket;
  };
  const refusedWith = async (socket: WebSocket): Promise<number> => {
    const [, response] = (await once(socket, "unexpected-response")) as [unknown, IncomingMessage];
    response.resume();
    return response.statusCode ?? 0;
  };
  const closedWith = async (socket: WebSocket): Promise<number> =>
    ((await once(socket, "close")) as [number])[0];
  const saidBack = async (socket: WebSocket, text: string): Promise<string> => {
    const heard = once(socket, "message");
    socket.send(text);
    return ((await heard) as [Buffer])[0].toString();
  };
  const tokenOf = async (role: "viewer" | "operator", name = "sato"): Promise<string> =>
    (await fixture.person(name, role)).browser.token ?? "";

  it("passes on what an operator's browser says, both ways, from its own address", async () => {
    await begin();
    const socket = await opened(dial(await tokenOf("operator")));
    expect(socket.protocol).to.equal("sip");
    expect(await saidBack(socket, "REGISTER sip:honnin SIP/2.0\r\n\r\n")).to.match(/^REGISTER/);
    expect(echo.from).to.deep.equal(["127.0.0.87"]);
  });

  it("refuses who is not logged in, a viewer, another site, another path and another protocol", async () => {
    await begin();
    const [operator, viewer] = [await tokenOf("operator"), await tokenOf("viewer", "ito")];
    expect(await refusedWith(dial())).to.equal(401);
    expect(await refusedWith(dial(viewer))).to.equal(403);
    expect(await refusedWith(dial(operator, { origin: "https://elsewhere.example" }))).to.equal(403);
    expect(await refusedWith(dial(operator, { "sec-fetch-site": "cross-site" }))).to.equal(403);
    expect(await refusedWith(dial(operator, {}, "/phone/other"))).to.equal(404);
    expect(await refusedWith(dial(operator, {}, "/phone/ws", "echo"))).to.equal(400);
    expect(echo.from, "Asterisk heard of none").to.deep.equal([]);
  });

  it("lets in whoever sits at this machine where the console is for it alone, and no proxy is before it", async () => {
    await begin({ openHere: true });
    await opened(dial());
    expect(await refusedWith(dial(undefined, { "x-forwarded-for": "192.0.2.1" }))).to.equal(401);
    const host = "console.example";
    expect(await refusedWith(dial(undefined, { host, origin: `https://${host}` }))).to.equal(401);
    expect(await refusedWith(dial(undefined, { origin: "https://elsewhere.example" }))).to.equal(403);
  });

  it("closes one that says too much at once, or says it in bytes", async () => {
    await begin({ openHere: true });
    const long = await opened(dial());
    long.send("x".repeat(17 * 1024));
    expect(await closedWith(long)).to.equal(1009);
    const binary = await opened(dial());
    binary.send(Buffer.from("REGISTER"));
    expect(await closedWith(binary)).to.equal(1003);
  });

  it("has room for so many, and again when one has gone", async () => {
    await begin({ openHere: true }, { sockets: 2 });
    const [first] = [await opened(dial()), await opened(dial())];
    expect(await refusedWith(dial())).to.equal(503);
    first.close();
    await once(first, "close");
    await saidBack(await opened(dial()), "here");
  });

  it("closes one that says nothing for too long", async () => {
    await begin({ openHere: true }, { idleMs: 1, lookEveryMs: 20 });
    expect(await closedWith(await opened(dial()))).to.equal(4408);
  });

  it("closes one whose session is over", async () => {
    await begin({}, { lookEveryMs: 20 });
    const { browser } = await fixture.person("sato", "operator");
    const socket = await opened(dial(browser.token));
    const closed = closedWith(socket);
    await browser.post("/api/log-out");
    expect(await closed).to.equal(4401);
  });

  it("says that Asterisk is away, ends with it, and works when it is back", async () => {
    await begin({ openHere: true });
    const { port } = echo;
    const closed = closedWith(await opened(dial()));
    await echo.stop();
    expect(await closed).to.equal(1012);
    expect(await refusedWith(dial())).to.equal(503);
    echo = await Echo.start(port);
    expect(await saidBack(await opened(dial()), "back")).to.equal("back");
  });

  it("knows which telephones are browsers, the latest of two, until they take it back or go", async () => {
    await begin({ openHere: true });
    const first = await opened(dial());
    await saidBack(first, consent("1001").replace("REGISTER", "INVITE"));
    expect([...phone.inBrowser]).to.deep.equal([]);
    await saidBack(first, consent("1001"));
    expect([...phone.inBrowser]).to.deep.equal(["1001"]);
    const takenOver = closedWith(first);
    const second = await opened(dial());
    await saidBack(second, consent("1001"));
    expect(await takenOver).to.equal(4409);
    expect([...phone.inBrowser]).to.deep.equal(["1001"]);
    await saidBack(second, consent("1001", ""));
    expect([...phone.inBrowser]).to.deep.equal([]);
    await saidBack(second, consent("1001"));
    second.close();
    await once(second, "close");
    await saidBack(await opened(dial()), "the one before has gone");
    expect([...phone.inBrowser]).to.deep.equal([]);
  });

  it("ends with the service, and leaves nothing open to Asterisk", async () => {
    await begin({ openHere: true });
    const closed = closedWith(await opened(dial()));
    await stop();
    expect(await closed).to.equal(1001);
  });

  describe("the account", () => {
    it("is given to operators, and noted; the password is in no list", async () => {
      await begin();
      const { browser } = await fixture.person("sato", "operator");
      const list = await browser.get("/api/phone");
      expect(list.json).to.deep.equal({
        extensions: [{ name: "1001", numbers: ["09012345678"] }],
        dids: ["0312345678"],
        sip: { host: null, port: 5060, local: false },
      });
      const account = await browser.get("/api/phone/accounts/1001");
      expect(account.json).to.deep.equal({ name: "1001", browser_name: "1001-browser", password: PASSWORD });
      expect(account.headers["cache-control"]).to.equal("no-store");
      const [line] = await listAudit(fixture.store.read, { limit: 1 });
      expect(line).to.include({ actor: "sato", act: "test_phone.account_shown", target: "1001" });
      expect(fixture.logged()).not.to.include(PASSWORD);
    });

    it("is refused to viewers, strangers, other sites and where there is none", async () => {
      await begin();
      const viewer = (await fixture.person("ito", "viewer")).browser;
      const operator = (await fixture.person("sato", "operator")).browser;
      const at = "/api/phone/accounts/1001";
      expect((await viewer.get(at)).json["code"]).to.equal("forbidden");
      expect((await viewer.get("/api/phone")).json["code"]).to.equal("forbidden");
      expect((await fixture.newBrowser().get(at)).json["code"]).to.equal("not_signed_in");
      const foreign = await operator.ask("GET", at, undefined, { "sec-fetch-site": "cross-site" });
      expect(foreign.json["code"]).to.equal("cross_site");
      expect((await operator.get("/api/phone/accounts/1009")).json["code"]).to.equal("not_found");
      const acts = await listAudit(fixture.store.read, { limit: 100 });
      expect(acts.map(({ act }) => act)).not.to.include("test_phone.account_shown");
    });

    it("is not there, nor is the page, where there are no test telephones", async () => {
      echo = await Echo.start();
      fixture = await ConsoleFixture.start();
      const { browser } = await fixture.person("sato", "admin");
      for (const path of ["/phone", "/phone/", "/api/phone", "/api/phone/accounts/1001"]) {
        expect([path, (await browser.get(path)).status]).to.deep.equal([path, 404]);
      }
      expect((await browser.get("/phone/ws")).status).to.equal(404);
    });
  });
});
