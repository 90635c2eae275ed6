import { once } from "node:events";
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { WebSocket } from "ws";
import { createApi } from "../../src/http/app.js";
import { createEventUpgrade, type EventUpgrade } from "../../src/http/event-upgrade.js";
import { type ApiServer, listen } from "../../src/http/server.js";
import { loadTlsPair, type TlsPair } from "../../src/http/tls.js";
import { insertApiKey, type IssuedKey } from "../../src/store/api-keys.js";
import { insertClient } from "../../src/store/clients.js";
import { appendEvent } from "../../src/store/events.js";
import { Store } from "../../src/store/store.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { LIMITS } from "../support/api-fixture.js";
import { verificationData } from "../support/event-data.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { figure } from "./figures.js";

const CLIENT = "cli_a";

/** Keeps the numbers of the events that it hears. */
class Ear {
  readonly heard: number[] = [];
  readonly socket: WebSocket;
  readonly opened: Promise<unknown>;
  readonly closed: Promise<unknown[]>;

  constructor(port: number, ca: Buffer, key: string) {
    const headers = { authorization: `Bearer ${key}` };
    this.socket = new WebSocket(`wss://127.0.0.1:${port}/v1/events`, { ca, headers });
    this.opened = once(this.socket, "open");
    this.closed = once(this.socket, "close");
    this.socket.on("message", (text: Buffer) => {
      const { data } = JSON.parse(text.toString("utf8")) as { data: { metadata: { n: string } } };
      this.heard.push(Number(data.metadata.n));
      this.socket.emit("heard");
    });
  }

  async hears(n: number): Promise<void> {
    while (!this.heard.includes(n)) await once(this.socket, "heard");
  }
}

describe("attack: a key that was taken away goes on listening", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let store: Store;
  let tls: TlsPair;
  let live: EventUpgrade;
  let server: ApiServer;
  let now = Date.now();

  before(setUp);
  beforeEach(async () => {
    now = Date.now();
    dir = await tempDir();
    store = await Store.open(dir.path);
    tls = await loadTlsPair(dir.path, undefined, undefined, now);
    await store.write((db) => insertClient(db, { id: CLIENT, name: "a", created_at: now }));
    const parts = { store, clock: () => now, log: capturedLog().log };
    // No ping comes in the time of a test: what shuts the ear is not its turn.
    live = createEventUpgrade({ ...parts, pingEveryMs: 3_600_000 });
    const app = createApi({
      ...parts,
      limits: LIMITS,
      diskHasRoom: () => true,
      outboundAllow: [],
      tariff: DEFAULT_TARIFF,
      version: "test",
      dids: [],
      accepting: () => true,
      canCall: () => true,
    });
    server = await listen(app, tls, "127.0.0.1", 0, live.upgrade);
  });
  afterEach(async () => {
    await live.close();
    await server.close();
    await store.close();
    await dir.remove();
  });

  const issue = (expiresAt: number | null = null): Promise<IssuedKey> =>
    store.write((db) => insertApiKey(db, { clientId: CLIENT, label: "", now, expiresAt }));
  const hearsWith = async ({ key }: IssuedKey): Promise<Ear> => {
    const ear = new Ear(server.port, readFileSync(tls.certFile), key);
    await ear.opened;
    return ear;
  };
  const happen = (n: number): Promise<void> =>
    store.write((db) =>
      appendEvent(db, store.vault, {
        clientId: CLIENT,
        type: "verification.created",
        verificationSeq: null,
        data: verificationData({ n: String(n) }),
        now,
      }),
    );
  /** Ten events after it was taken away; the other key proves that they were sent. */
  const hearsOf = async (taken: Ear, other: Ear): Promise<number> => {
    for (let n = 1; n <= 10; n++) await happen(n);
    await other.hears(10);
    await taken.closed;
    return taken.heard.filter((n) => n > 0).length;
  };
  const command = async (...args: string[]): Promise<void> => {
    const { code, stderr } = await HonninCommand.run(dir.path, args);
    expect(code, stderr).to.equal(0);
  };

  for (const [what, take] of [
    ["it was revoked by a command", (key: IssuedKey): Promise<void> => command("key", "revoke", key.id)],
    [
      "its time was over",
      (): Promise<void> => {
        now += 60_001;
        return Promise.resolve();
      },
    ],
  ] as const) {
    it(`hears nothing more from the moment that ${what}`, async () => {
      const key = await issue(now + 60_000);
      const [taken, other] = await Promise.all([hearsWith(key), hearsWith(await issue())]);
      await happen(0);
      await Promise.all([taken.hears(0), other.hears(0)]);
      await take(key);
      const after = await hearsOf(taken, other);
      figure(`of 10 events heard by a key after ${what}`, after);
      expect(after).to.equal(0);
      expect((await taken.closed)[0]).to.equal(1008);
    });
  }

  it("hears nothing more from the moment that its address is not its client's any more", async () => {
    const taken = await hearsWith(await issue());
    await happen(0);
    await taken.hears(0);
    await command("client", "set", "a", "ip_allow=192.0.2.0/24");
    for (let n = 1; n <= 10; n++) await happen(n);
    await taken.closed;
    expect(taken.heard).to.deep.equal([0]);
  });
});
