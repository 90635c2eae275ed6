import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { WebSocket } from "ws";
import {
  createEventUpgrade,
  type EventUpgrade,
  type EventUpgradeParts,
} from "../../src/http/event-upgrade.js";
import { Admission } from "../../src/http/admission.js";
import { createApi } from "../../src/http/app.js";
import { type ApiServer, listen } from "../../src/http/server.js";
import { WrongKeys } from "../../src/http/wrong-keys.js";
import { loadTlsPair, type TlsPair } from "../../src/http/tls.js";
import { insertApiKey, revokeApiKey } from "../../src/store/api-keys.js";
import { insertClient } from "../../src/store/clients.js";
import { appendEvent, listEventsAfter } from "../../src/store/events.js";
import { pruneEvents } from "../../src/store/prune-events.js";
import type { Store } from "../../src/store/store.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { changeClientSettings } from "../../src/store/stored-client-settings.js";
import { LIMITS } from "../support/api-fixture.js";
import { contractBreach, messageBreach } from "../support/contract.js";
import { verificationData } from "../support/event-data.js";
import { HttpsClient } from "../support/https-client.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { openStore } from "../support/test-database.js";

interface Message {
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: { readonly metadata: { readonly n: string } };
}

/** A client that keeps what it hears; it listens from before the handshake, so it misses nothing. */
class Listener {
  readonly heard: Message[] = [];
  readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  /** What was first heard that is not as the OpenAPI document has it. */
  #breach: string | null = null;

  constructor(url: string, options: ConstructorParameters<typeof WebSocket>[2]) {
    this.socket = new WebSocket(url, options);
    this.opened = once(this.socket, "open");
    this.socket.on("message", (text: Buffer) => {
      const message: unknown = JSON.parse(text.toString("utf8"));
      this.#breach ??= messageBreach(message);
      this.heard.push(message as Message);
      this.socket.emit("heard");
    });
  }

  async hears(count: number): Promise<number[]> {
    while (this.heard.length < count) await once(this.socket, "heard");
    if (this.#breach !== null) throw new Error(this.#breach);
    return this.heard.map((message) => Number(message.data.metadata.n));
  }
}

/** Resolves when the socket is closed. */
async function gone(socket: Duplex): Promise<void> {
  if (!socket.closed) await once(socket, "close");
}

describe("GET /v1/events, the WebSocket", () => {
  const now = 1_800_000_000_000;
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let store: Store;
  let tls: TlsPair;
  let live: EventUpgrade;
  let server: ApiServer;
  let key: { id: string; key: string };

  /** @param onUpgrade told of the server's end of each upgrade. */
  const serve = async (
    options: Partial<EventUpgradeParts> = {},
    onUpgrade: (socket: Duplex) => void = () => undefined,
  ): Promise<void> => {
    const parts = { store, clock: () => now, log: capturedLog().log };
    live = createEventUpgrade({ ...parts, ...options });
    const app = createApi({
      ...parts,
      limits: LIMITS,
      outboundAllow: [],
      diskHasRoom: () => true,
      tariff: DEFAULT_TARIFF,
      version: "test",
      dids: [],
      accepting: () => true,
      canCall: () => true,
    });
    server = await listen(app, tls, "127.0.0.1", 0, (request, socket, head) => {
      live.upgrade(request, socket, head);
      onUpgrade(socket);
    });
  };
  const newClient = (name: string): Promise<{ id: string; key: string }> =>
    store.write(async (db) => {
      await insertClient(db, { id: `cli_${name}`, name, created_at: now });
      return insertApiKey(db, { clientId: `cli_${name}`, label: "", now, expiresAt: null });
    });
  const happen = (n: number, client = "a", text?: string): Promise<void> =>
    store.write((db) =>
      appendEvent(db, store.vault, {
        clientId: `cli_${client}`,
        type: "verification.created",
        verificationSeq: null,
        data: verificationData({ n: String(n), ...(text === undefined ? {} : { text }) }),
        now,
      }),
    );
  const connect = (
    options: { key?: string; query?: string; headers?: Record<string, string>; autoPong?: boolean } = {},
  ): Listener =>
    new Listener(`wss://127.0.0.1:${server.port}/v1/events${options.query ?? ""}`, {
      ca: readFileSync(tls.certFile),
      autoPong: options.autoPong ?? true,
      headers: { authorization: `Bearer ${options.key ?? key.key}`, ...options.headers },
    });
  const refusal = async (listener: Listener): Promise<{ status: number; code: unknown }> => {
    listener.opened.catch(() => undefined);
    const [, response] = (await once(listener.socket, "unexpected-response")) as [unknown, IncomingMessage];
    let text = "";
    for await (const chunk of response) text += String(chunk);
    const { statusCode: status = 0, headers } = response;
    const answered = { path: "/v1/events", method: "GET", status, headers, text };
    expect(contractBreach(answered)).to.equal(null);
    return { status, code: (JSON.parse(text) as { code: unknown }).code };
  };

  beforeEach(async () => {
    dir = await tempDir();
    store = await openStore(dir.path);
    tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    key = await newClient("a");
  });
  afterEach(async () => {
    await live.close();
    await server.close();
    await store.close();
    await dir.remove();
  });

  it("tells what happens from now on, in order", async () => {
    await serve();
    await happen(1);
    const listener = connect();
    await listener.opened;
    await Promise.all([happen(2), happen(3)]);
    await happen(4);
    expect(await listener.hears(3)).to.deep.equal([2, 3, 4]);
    expect(listener.heard[0]).to.deep.include({
      type: "verification.created",
      timestamp: new Date(now).toISOString(),
      data: verificationData({ n: "2" }),
    });
    expect(Object.keys(listener.heard[0] ?? {})).to.have.members(["id", "type", "timestamp", "data"]);
  });

  for (const way of ["?after=", "Last-Event-ID"] as const) {
    it(`resumes after the event named by ${way}`, async () => {
      await serve();
      for (let n = 1; n <= 250; n++) await happen(n);
      const [, second] = await listEventsAfter(store.read, store.vault, "cli_a", 0, 2);
      const id = second?.id ?? "";
      const listener = connect(way === "?after=" ? { query: `?after=${id}` } : { headers: { [way]: id } });
      await listener.hears(248);
      await happen(251);
      expect(await listener.hears(249)).to.deep.equal(Array.from({ length: 249 }, (_, i) => i + 3));
    });
  }

  it("does not resume after an event that was pruned", async () => {
    await serve();
    await happen(1);
    await happen(2);
    const [first] = await listEventsAfter(store.read, store.vault, "cli_a", 0, 1);
    await store.write((db) => pruneEvents(db, 0, now + 1, 1));
    expect(await refusal(connect({ query: `?after=${first?.id ?? ""}` }))).to.deep.equal({
      status: 404,
      code: "event_not_found",
    });
  });

  it("tells a client nothing of another's", async () => {
    await serve();
    const other = await newClient("b");
    const mine = connect();
    const theirs = connect({ key: other.key });
    await Promise.all([mine.opened, theirs.opened]);
    await happen(1, "b");
    await happen(2, "a");
    await happen(3, "b");
    expect(await theirs.hears(2)).to.deep.equal([1, 3]);
    expect(await mine.hears(1)).to.deep.equal([2]);
    expect(await refusal(connect({ query: `?after=${theirs.heard[0]?.id ?? ""}` }))).to.deep.equal({
      status: 404,
      code: "event_not_found",
    });
  });

  it("refuses a wrong key, another path and more streams than a client may have", async () => {
    await serve();
    expect(await refusal(connect({ key: "honnin_wrong" }))).to.deep.equal({
      status: 401,
      code: "unauthorized",
    });
    expect(await refusal(connect({ query: "/more" }))).to.deep.equal({ status: 404, code: "not_found" });
    for (let i = 0; i < 10; i++) await connect().opened;
    expect(await refusal(connect())).to.deep.equal({ status: 429, code: "too_many_streams" });
  });

  it("refuses a key from an address that is not its client's, and ends its stream when it becomes so", async () => {
    await serve({ pingEveryMs: 20 });
    const allow = (...blocks: string[]): Promise<void> =>
      store.write((db) => changeClientSettings(db, "cli_a", { ip_allow: blocks }));
    await allow("127.0.0.1");
    const listener = connect();
    await listener.opened;
    await allow("192.0.2.0/24");
    const [code] = (await once(listener.socket, "close")) as [number];
    expect(code).to.equal(1008);
    expect(await refusal(connect())).to.deep.equal({ status: 403, code: "address_not_allowed" });
  });

  it("answers 426 to a plain GET", async () => {
    await serve();
    const client = new HttpsClient(`https://127.0.0.1:${server.port}`, key.key, tls.certFile);
    const answer = await client.get("/v1/events");
    client.close();
    expect([answer.status, answer.json["code"]]).to.deep.equal([426, "upgrade_required"]);
  });

  it("pings, keeps a client that answers and cuts off one that does not", async () => {
    await serve({ pingEveryMs: 20, pongWithinMs: 100 });
    const alive = connect();
    const dead = connect({ autoPong: false });
    await Promise.all([alive.opened, dead.opened]);
    let pings = 0;
    alive.socket.on("ping", () => pings++);
    const [code] = (await once(dead.socket, "close")) as [number];
    expect(code).to.equal(1006);
    while (pings < 10) await once(alive.socket, "ping");
    await happen(1);
    expect(await alive.hears(1)).to.deep.equal([1]);
  });

  it("cuts off a client that answers for a while and then no more", async () => {
    await serve({ pingEveryMs: 20, pongWithinMs: 500 });
    const listener = connect({ autoPong: false });
    let pings = 0;
    listener.socket.on("ping", (data: Buffer) => {
      if (++pings <= 3) listener.socket.pong(data);
    });
    await listener.opened;
    const [code] = (await once(listener.socket, "close")) as [number];
    expect(code).to.equal(1006);
    expect(pings).to.be.greaterThan(3);
  });

  it("ends the stream of a key that was revoked", async () => {
    await serve({ pingEveryMs: 20 });
    const listener = connect();
    await listener.opened;
    await store.write((db) => revokeApiKey(db, key.id, now));
    const [code] = (await once(listener.socket, "close")) as [number];
    expect(code).to.equal(1008);
  });

  it("has a client come again, and does not call its key invalid, where nobody can tell", async () => {
    const admission = new Admission(store, () => now, new WrongKeys(() => now, capturedLog().log));
    await serve({ pingEveryMs: 20, admission });
    const listener = connect();
    await listener.opened;
    admission.stillAdmitted = () => Promise.reject(new StoreUnavailableError("the database is away"));
    const [code, reason] = (await once(listener.socket, "close")) as [number, Buffer];
    expect([code, reason.toString()]).to.deep.equal([1011, ""]);
  });

  it("ends the stream of a revoked key also where the client sends pongs all the time, unasked", async () => {
    await serve({ pingEveryMs: 200 });
    const listener = connect();
    await listener.opened;
    const pongs = setInterval(() => {
      listener.socket.pong();
    }, 5);
    try {
      await store.write((db) => revokeApiKey(db, key.id, now));
      const [code] = (await once(listener.socket, "close")) as [number];
      expect(code).to.equal(1008);
    } finally {
      clearInterval(pongs);
    }
  });

  it("drops nothing for a client that reads slowly, and leaves in the table what it has not taken", async () => {
    let read = 0;
    const unseal = store.vault.unseal.bind(store.vault);
    store.vault.unseal = (...args) => {
      read++;
      return unseal(...args);
    };
    await serve();
    const listener = connect();
    await listener.opened;
    listener.socket.pause();
    const text = "x".repeat(64 * 1024);
    for (let n = 0; n < 400; n++) await happen(n, "a", text);
    expect(listener.heard).to.have.length(0);
    // 1 MiB here and what the two kernels take (a few MiB) are far below the 25 MiB there are.
    expect(read).to.be.lessThan(300);
    listener.socket.resume();
    expect(await listener.hears(400)).to.deep.equal(Array.from({ length: 400 }, (_, n) => n));
  });

  it("says goodbye when the service stops", async () => {
    await serve();
    const listener = connect();
    await listener.opened;
    const closed = once(listener.socket, "close") as Promise<[number]>;
    await live.close();
    expect((await closed)[0]).to.equal(1001);
  });

  it("takes nobody in again while it says goodbye, and leaves no socket", async () => {
    const sockets: Duplex[] = [];
    await serve({}, (socket) => sockets.push(socket));
    const prompt = connect();
    const slow = connect();
    await Promise.all([prompt.opened, slow.opened]);
    // Says goodbye only when the other has been refused.
    slow.socket.pause();
    const sentAway = once(prompt.socket, "close") as Promise<[number]>;
    const closed = live.close();
    expect((await sentAway)[0]).to.equal(1001);
    expect(await refusal(connect())).to.deep.equal({ status: 503, code: "service_unavailable" });
    slow.socket.resume();
    await closed;
    expect(sockets).to.have.length(3);
    await Promise.all(sockets.map(gone));
    await server.close();
  });

  it("takes nobody in who was being admitted when the stop began", async () => {
    let closed: Promise<void> | undefined;
    await serve({}, () => {
      closed = live.close();
    });
    expect(await refusal(connect())).to.deep.equal({ status: 503, code: "service_unavailable" });
    await closed;
  });

  it("closes the socket of whom it refused, though the other side keeps its own open", async () => {
    let refused: Promise<void> | undefined;
    await serve({}, (socket) => {
      refused = gone(socket);
    });
    // Node knows this option, its types do not.
    const halfOpen = { allowHalfOpen: true };
    const ca = readFileSync(tls.certFile);
    const peer = connectTls({ host: "127.0.0.1", port: server.port, ca, ...halfOpen });
    try {
      let text = "";
      peer.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
      });
      const ended = once(peer, "end");
      peer.write(
        [
          "GET /v1/events HTTP/1.1",
          "Host: localhost",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
          "Authorization: Bearer honnin_wrong",
          "\r\n",
        ].join("\r\n"),
      );
      await ended;
      expect(text).to.match(/^HTTP\/1\.1 401 /);
      expect(peer.writable, "its own side").to.equal(true);
      await refused;
    } finally {
      peer.destroy();
    }
  });
});
