import { expect } from "chai";
import path from "node:path";
import { register } from "../../src/acts/register.js";
import { Store } from "../../src/store/store.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { SilentTrunk } from "../ari/silent-trunk.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { LIMITS } from "../support/api-fixture.js";
import { HttpsClient } from "../support/https-client.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { verificationRow } from "../support/verification-rows.js";
import { HonninCommand, type Outcome, runningAsterisk, setUp } from "./honnin-command.js";

interface ListedNode {
  readonly name: string;
  readonly state: string;
  readonly epoch: number;
  readonly version: string;
  readonly calls: number;
  readonly last_sign_at: string | null;
  readonly duties: readonly string[];
}

type Settings = Readonly<Record<string, string>>;

/** A service in a process of its own, behind a trunk on which calls stay on their way. */
class RunningNode {
  readonly dir: Awaited<ReturnType<typeof tempDir>>;
  readonly settings: Settings;
  readonly #service: HonninCommand;
  #api = "";
  #ops = "";

  private constructor(dir: RunningNode["dir"], settings: Settings) {
    this.dir = dir;
    this.settings = settings;
    this.#service = HonninCommand.serve(dir.path, settings);
  }

  static async start(settings: Settings): Promise<RunningNode> {
    const node = new RunningNode(await tempDir(), settings);
    await node.ready();
    return node;
  }

  async ready(): Promise<void> {
    const { api, ops } = await this.#service.logged("honnin is ready");
    this.#api = String(api);
    this.#ops = `http://127.0.0.1:${String(ops)}`;
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return HonninCommand.run(this.dir.path, args, this.settings);
  }

  async list(): Promise<readonly ListedNode[]> {
    const { code, stdout, stderr } = await this.run("node", "list", "--json");
    expect(code, stderr).to.equal(0);
    return JSON.parse(stdout) as ListedNode[];
  }

  async client(): Promise<HttpsClient> {
    const { stdout } = await this.run("key", "create", "--client", "shop", "--json");
    const { key } = JSON.parse(stdout) as { key: string };
    return new HttpsClient(this.#api, key, path.join(this.dir.path, "tls/cert.pem"));
  }

  async health(): Promise<{ readonly status: number; readonly troubles: unknown }> {
    const answer = await fetch(`${this.#ops}/health/ready`, { signal: AbortSignal.timeout(60_000) });
    const { troubles } = (await answer.json()) as { troubles: unknown };
    return { status: answer.status, troubles };
  }

  async inStore<T>(run: (store: Store) => Promise<T>): Promise<T> {
    const { HONNIN_DATABASE_URL: url, HONNIN_KEY_FILE: keyFile } = this.settings;
    const store = await Store.open(this.dir.path, url, undefined, undefined, keyFile);
    try {
      return await run(store);
    } finally {
      await store.close();
    }
  }

  kill(): void {
    this.#service.signal("SIGKILL");
  }

  async stop(): Promise<void> {
    this.kill();
    await this.#service.ended();
    const left = runningAsterisk(this.dir.path);
    if (left !== null) process.kill(left, "SIGKILL");
    await this.dir.remove();
  }
}

describe("honnin node", function () {
  this.timeout(300_000);
  let trunk: SilentTrunk;
  const nodes: RunningNode[] = [];
  let numbers = 0;

  before(setUp);
  beforeEach(async () => {
    trunk = await SilentTrunk.start();
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.stop();
    await trunk.stop();
  });

  const start = async (settings: Settings): Promise<RunningNode> => {
    const phones = {
      HONNIN_TRUNK_URI: trunk.uri,
      HONNIN_CALLER_NUMBER: "0312345678",
      HONNIN_DIDS: "0312345678",
    };
    const node = await RunningNode.start({ ...phones, ...settings });
    nodes.push(node);
    return node;
  };
  const newNumber = (): string => `090${String(10_000_000 + (numbers += 1))}`;
  /** As another node's client would have it registered. */
  const registerBeside = (node: RunningNode, id: string): Promise<void> =>
    node.inStore(async (store) => {
      const { id: client } = await store.read.selectFrom("clients").select("id").executeTakeFirstOrThrow();
      const number = `+81${newNumber().slice(1)}` as E164;
      const row = {
        ...verificationRow(store, client, id, store.now()),
        number_cipher: store.vault.encipherNumber(number),
        number_index: store.vault.indexNumber(number),
      };
      expect((await register(store, row, LIMITS)).kind).to.equal("created");
    });
  const attempts = (node: RunningNode, id: string): Promise<readonly (string | null)[]> =>
    node.inStore(async (store) => {
      const rows = await store.read
        .selectFrom("attempts")
        .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
        .select("attempts.node")
        .where("verifications.id", "=", id)
        .execute();
      return rows.map((row) => row.node);
    });
  const begunAt = (node: RunningNode, id: string): Promise<number> =>
    node.inStore(async ({ read }) => {
      const row = await read
        .selectFrom("attempts")
        .innerJoin("verifications", "verifications.seq", "attempts.verification_seq")
        .select("attempts.started_at")
        .where("verifications.id", "=", id)
        .executeTakeFirstOrThrow();
      return row.started_at;
    });
  const calledBy = async (node: RunningNode, id: string): Promise<readonly (string | null)[]> => {
    await poll(async () => (await attempts(node, id)).length > 0, PATIENCE_MS, `a call for ${id}`);
    return attempts(node, id);
  };

  it("drains the one over SQLite: it is not ready and dials nothing, until it is undrained", async () => {
    const node = await start({ HONNIN_NODE: "one" });
    const api = await node.client();
    try {
      const [up] = await node.list();
      expect(up).to.include({ name: "one", state: "up", epoch: 1, calls: 0, last_sign_at: null });
      expect(up?.duties).to.deep.equal(["steward"]);
      const unknown = await node.run("node", "drain", "two");
      expect(unknown.code).to.equal(1);
      expect(unknown.stderr).to.contain("two").and.contain("one").and.contain("node_unknown");

      const drained = await node.run("node", "drain", "one", "--wait", "--json");
      expect(drained.code, drained.stderr).to.equal(0);
      expect(JSON.parse(drained.stdout)).to.deep.equal({ name: "one", state: "drained", calls: 0 });
      expect(await node.health()).to.deep.equal({ status: 503, troubles: ["draining"] });
      const refused = await api.post("/v1/verifications", { phone_number: newNumber() });
      expect(refused.status, refused.text).to.equal(503);
      await registerBeside(node, "waiting");
      const { stdout } = await node.run("audit", "list", "--json");
      expect(stdout).to.contain("node.drained");
      expect((await node.list())[0]).to.include({ state: "drained", calls: 0 });
      expect(await attempts(node, "waiting")).to.deep.equal([]);
      const undrained = Date.now();

      expect((await node.run("node", "undrain", "one")).code).to.equal(0);
      await poll(async () => (await node.health()).status === 200, PATIENCE_MS, "it is ready");
      expect(await calledBy(node, "waiting")).to.deep.equal(["one"]);
      expect(await begunAt(node, "waiting")).to.be.greaterThan(undrained);
      expect((await node.run("audit", "list", "--json")).stdout).to.contain("node.undrained");
    } finally {
      api.close();
    }
    node.kill();
    await poll(async () => (await node.list())[0]?.state === "gone", PATIENCE_MS, "its process is gone");
  });

  it("waits for calls in progress, says how many, and gives up at the end of its time", async () => {
    const node = await start({ HONNIN_NODE: "one" });
    const api = await node.client();
    try {
      const { json } = await api.post("/v1/verifications", { phone_number: newNumber() });
      const id = String(json["id"]);
      await calledBy(node, id);
      const late = await node.run("node", "drain", "one", "--wait", "--timeout", "0");
      expect(late.code).to.equal(1);
      expect(late.stderr).to.contain("calls_left");
      expect((await node.list())[0]).to.include({ state: "draining", calls: 1 });
      const waiting = new HonninCommand(node.dir.path, ["node", "drain", "one", "--wait"], node.settings);
      await waiting.said("1 通話中 / calls in progress");
      expect((await api.post(`/v1/verifications/${id}/cancel`, {})).status).to.equal(200);
      const { code, stderr } = await waiting.ended();
      expect(code, stderr).to.equal(0);
      expect((await node.list())[0]).to.include({ state: "drained", calls: 0 });
    } finally {
      api.close();
    }
  });

  it("over PostgreSQL lists all, and leaves the calls of one that is drained to the others", async () => {
    const shared = await tempDir();
    try {
      const url = await (await sharedPostgres()).database("empty");
      const both = { HONNIN_DATABASE_URL: url, HONNIN_KEY_FILE: path.join(shared.path, "data.key") };
      const one = await start({ ...both, HONNIN_NODE: "one" });
      const two = await start({ ...both, HONNIN_NODE: "two" });
      expect((await one.list()).map(({ name, state }) => [name, state])).to.deep.equal([
        ["one", "up"],
        ["two", "up"],
      ]);
      expect((await one.list()).flatMap(({ duties }) => duties)).to.deep.equal(["steward"]);
      const api = await one.client();
      api.close();
      const drained = await two.run("node", "drain", "one", "--wait");
      expect(drained.code, drained.stderr).to.equal(0);
      expect(await one.health()).to.deep.equal({ status: 503, troubles: ["draining"] });
      for (const id of ["a", "b", "c"]) {
        await registerBeside(one, id);
        expect(await calledBy(one, id)).to.deep.equal(["two"]);
      }
      const [first, second] = await two.list();
      expect(first).to.include({ state: "drained", calls: 0 });
      expect(second).to.include({ state: "up", calls: 3 });
      expect(second?.duties).to.deep.equal(["steward"]);

      one.kill();
      await poll(async () => (await two.list())[0]?.state === "gone", PATIENCE_MS, "one is given up");
      expect((await two.list())[0]?.epoch, "what it would write counts for nothing").to.equal(2);
    } finally {
      await shared.remove();
    }
  });
});
