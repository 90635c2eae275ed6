import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import pg from "pg";
import { insertClient, listClients } from "../../src/store/clients.js";
import { appendEvent } from "../../src/store/events.js";
import { Store } from "../../src/store/store.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { openVault } from "../../src/vault/open-vault.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { PostgresServer } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";

const NOW = 1_800_000_000_000;
/** Longer than the server leaves a node's transaction alone in which it is asked nothing. */
const HELD_UP_MS = 4_500;

/** Lies between us and the server, and cuts the line as it is told. */
class Cutter {
  /** Called with what is sent to the server; true: it gets there, and its answer never comes back. */
  cutAfter: (sent: string) => boolean = () => false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async before(port: number): Promise<Cutter> {
    const server = createServer();
    const cutter = new Cutter(server);
    server.on("connection", (near) => {
      const far = connect(port, "127.0.0.1");
      let isCut = false;
      for (const socket of [near, far]) {
        cutter.#sockets.add(socket);
        socket.on("error", () => undefined);
        socket.on("close", () => {
          near.destroy();
          far.destroy();
        });
      }
      near.on("data", (bytes) => {
        far.write(bytes);
        isCut ||= cutter.cutAfter(bytes.toString("latin1"));
      });
      far.on("data", (bytes) => {
        // What it says now says that it has done it.
        if (isCut) near.destroy();
        else near.write(bytes);
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return cutter;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

describe("a PostgreSQL database that goes away", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let server: PostgresServer;
  let url: string;
  let store: Store;
  let made = 0;

  const write = (): Promise<string> => {
    const id = `cli_${String(++made)}`;
    return store.write((db) => insertClient(db, { id, name: id, created_at: NOW })).then(() => id);
  };
  const refused = (promise: Promise<unknown>): Promise<string> =>
    promise.then(
      () => "done",
      (error: unknown) => (error instanceof StoreUnavailableError ? "unavailable" : String(error)),
    );
  const again = async (): Promise<string> => {
    for (const giveUpAt = performance.now() + 2 * PATIENCE_MS; ;) {
      try {
        return await write();
      } catch (error) {
        if (!(error instanceof StoreUnavailableError) || performance.now() > giveUpAt) throw error;
        await delay(100);
      }
    }
  };
  const there = async (): Promise<string[]> => (await listClients(store.read)).map(({ id }) => id);

  before(async () => {
    server = await PostgresServer.start();
  });
  after(() => server.stop());
  beforeEach(async () => {
    dir = await tempDir();
    url = await server.database();
    openVault(dir.path, false);
    store = await Store.open(dir.path, url, undefined, { node: "one" });
  });
  afterEach(async () => {
    await store.close();
    await dir.remove();
  });

  it("has all that was acknowledged when it is back after a crash, and is found again without a restart of ours", async () => {
    const acknowledged = [await write()];
    const end = new AbortController();
    const writing = (async () => {
      while (!end.signal.aborted) {
        await write().then(
          (id) => acknowledged.push(id),
          () => delay(5),
        );
      }
    })();
    while (acknowledged.length < 20) await delay(5);
    await server.crash();
    expect(await refused(write())).to.equal("unavailable");
    expect(await refused(listClients(store.read))).to.equal("unavailable");
    await server.launch();
    acknowledged.push(await again());
    end.abort();
    await writing;
    expect(await there()).to.include.members(acknowledged);
  });

  it("is not waited for when it has stopped, and is found again when it goes on", async () => {
    const first = await write();
    const processes = await server.processes();
    for (const pid of processes) process.kill(pid, "SIGSTOP");
    try {
      const [writing, reading] = await Promise.all([refused(write()), refused(listClients(store.read))]);
      expect([writing, reading]).to.deep.equal(["unavailable", "unavailable"]);
    } finally {
      for (const pid of processes) process.kill(pid, "SIGCONT");
    }
    const last = await again();
    expect(await there()).to.include.members([first, last]);
  });

  it("is asked how a commit ended when the line broke before the answer, and what it told is told once", async () => {
    const cutter = await Cutter.before(server.port);
    const throughCutter = new URL(url);
    throughCutter.port = String(cutter.port);
    const cut = await Store.open(dir.path, throughCutter.href);
    try {
      await cut.write((db) => insertClient(db, { id: "cli_a", name: "a", created_at: NOW }));
      const told: number[] = [];
      cut.hints.on("event", (events) => told.push(events.length));
      let cuts = 0;
      cutter.cutAfter = (sent) => sent.includes("commit") && cuts++ === 0;
      const event = {
        clientId: "cli_a",
        type: "inbound.unmatched",
        verificationSeq: null,
        data: {},
        now: NOW,
      } as const;
      await cut.write((db) => appendEvent(db, cut.vault, event));
      await cut.write((db) => appendEvent(db, cut.vault, event));
      const { length } = await store.read.selectFrom("events").select("seq").execute();
      expect(cuts).to.be.above(0);
      expect(length).to.equal(2);
      for (const giveUpAt = performance.now() + PATIENCE_MS; told.length < 2 && performance.now() < giveUpAt;)
        await delay(5);
      expect(told).to.deep.equal([1, 1]);
    } finally {
      await cut.close();
      await cutter.close();
    }
  });

  it("writes nothing where the line breaks before the commit", async () => {
    const cutter = await Cutter.before(server.port);
    const throughCutter = new URL(url);
    throughCutter.port = String(cutter.port);
    const cut = await Store.open(dir.path, throughCutter.href);
    try {
      let cuts = 0;
      cutter.cutAfter = (sent) => sent.includes("insert into") && cuts++ === 0;
      const written = cut.write((db) => insertClient(db, { id: "cli_a", name: "a", created_at: NOW }));
      expect(await refused(written)).to.equal("unavailable");
      expect(await there()).to.deep.equal([]);
    } finally {
      await cut.close();
      await cutter.close();
    }
  });

  it("goes on writing after its turn did not come in time, by the same connection", async () => {
    await write();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    // Another node whose machine was stopped in the middle of its turn.
    await client.query("begin");
    await client.query(`select pg_advisory_xact_lock(${String(0x686f6e6e)}, 1)`);
    expect(await refused(write())).to.equal("unavailable");
    await client.query("rollback");
    await client.end();
    const id = await write();
    expect(await there()).to.include(id);
  });

  for (const [how, heldUp] of [
    // While it stands still it does not hear what the server says, and asks on.
    ["and stood still", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, HELD_UP_MS)],
    ["and heard that it was let go", () => delay(HELD_UP_MS)],
  ] as const) {
    it(`is written to once more by who was held up in the middle of his turn ${how}`, async () => {
      const one = await Store.open(dir.path, url, undefined, { node: `held-up-${how.length}` });
      try {
        let tries = 0;
        await one.write(async (db) => {
          tries += 1;
          await insertClient(db, { id: `cli_held_up_${how.length}`, name: how, created_at: NOW });
          if (tries === 1) await heldUp();
          await listClients(db);
        });
        expect(tries).to.equal(2);
        expect((await there()).filter((id) => id === `cli_held_up_${how.length}`)).to.have.length(1);
      } finally {
        await one.close();
      }
    });
  }

  it("cannot be written to by a service that has lost its place to another", async () => {
    await write();
    const second = Store.open(dir.path, url, undefined, { node: "one" });
    // Its connection ends, and the other has what it waited for.
    await server.ask(
      "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 2 and granted",
      url,
    );
    const other = await second;
    try {
      expect(await refused(write())).to.equal("unavailable");
      expect(
        await refused(other.write((db) => insertClient(db, { id: "o", name: "o", created_at: NOW }))),
      ).to.equal("done");
    } finally {
      await other.close();
    }
    await again();
  });
});
