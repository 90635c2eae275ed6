import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { WebSocket } from "ws";
import type { Finding } from "../../src/cli/doctor/examine.js";
import type { FindingGroup } from "../../src/cli/doctor/finding.js";
import { serviceGroup } from "../../src/cli/doctor/service-group.js";
import { smsGroup } from "../../src/cli/doctor/sms-group.js";
import { putMeta } from "../../src/store/meta.js";
import { Store } from "../../src/store/store.js";
import { FINGERPRINT_KEY } from "../../src/store/vault-binding.js";
import { BreakableProxy } from "../ari/breakable-proxy.js";
import { prepareAsterisk, type TestAsterisk } from "../asterisk/running-asterisk.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { Smsc } from "../sms/smsc.js";
import { HttpsClient } from "../support/https-client.js";
import { sharedPostgres } from "../support/postgres.js";
import { tempDir } from "../support/temp-dir.js";
import { type Env, expectOnly, found, ids } from "./found.js";

/** A process that begins to write, says so, and never ends it. */
const HOLDER = `
  const Database = require("better-sqlite3");
  const database = new Database(process.argv[1]);
  database.exec("begin immediate");
  process.stdout.write("held");
  setInterval(() => undefined, 1000);
`;
/** Of SMPP: wrong password (ESME_RINVPASWD). */
const WRONG_PASSWORD = 0x0e;

describe("honnin doctor, on a service in trouble", () => {
  let own: TestAsterisk;
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(async function () {
    await setUp();
    own = await prepareAsterisk();
    await own.asterisk.start();
  });
  after(() => own[Symbol.asyncDispose]());
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  /** Beside the Asterisk that all of them share. */
  const settings = (more: Env = {}): Env => {
    const { ariUrl, ariUsername, ariPassword } = own.asterisk;
    return {
      ...{ HONNIN_ARI_URL: ariUrl, HONNIN_ARI_USERNAME: ariUsername, HONNIN_ARI_PASSWORD: ariPassword },
      ...{ HONNIN_MIN_FREE_DISK_MB: "0", ...more },
    };
  };

  async function beside(
    env: Env,
    look: (service: HonninCommand) => Promise<void>,
    program?: readonly [string, ...string[]],
  ): Promise<void> {
    const ports = {
      HONNIN_API_PORT: "0",
      HONNIN_OPS_PORT: "0",
      HONNIN_CONSOLE_PORT: "0",
      HONNIN_SIP_PORT: "0",
    };
    const service = new HonninCommand(dir.path, ["serve"], { ...ports, ...env }, program);
    try {
      await look(service);
    } finally {
      service.signal("SIGKILL");
      await service.ended();
    }
  }

  /** Looks until this is found, and nothing else. */
  async function soon(
    id: string,
    seen = "",
    env: Env = {},
    group: FindingGroup = serviceGroup,
  ): Promise<void> {
    let last: readonly Finding[] = [];
    const isFound = async (): Promise<boolean> => {
      last = await found(group, dir.path, env);
      return ids(last).join() === id;
    };
    await poll(isFound, PATIENCE_MS, `${id}, and nothing else`, 50).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(last.map((one) => [one.id, one.seen]))}`);
    });
    expectOnly(last, id, seen);
  }

  it("finds that it still starts, for Asterisk does not answer", async () => {
    const proxy = await BreakableProxy.start(Number(new URL(own.asterisk.ariUrl).port));
    try {
      await beside(settings({ HONNIN_ARI_URL: proxy.url }), async (service) => {
        await service.logged("driving Asterisk");
        await poll(isThere, PATIENCE_MS, "the application");
        proxy.swallow();
        await soon("service-starting", "starting");
      });
    } finally {
      await proxy.stop();
    }

    async function isThere(): Promise<boolean> {
      const { ariUrl, ariUsername, ariPassword } = own.asterisk;
      const credentials = Buffer.from(`${ariUsername}:${ariPassword}`).toString("base64");
      const answer = await fetch(`${ariUrl}/ari/applications/honnin`, {
        headers: { authorization: `Basic ${credentials}` },
      });
      await answer.arrayBuffer();
      return answer.status === 200;
    }
  });

  it("finds that the link to Asterisk is down, and that another program has our application", async () => {
    const proxy = await BreakableProxy.start(Number(new URL(own.asterisk.ariUrl).port));
    try {
      await beside(settings({ HONNIN_ARI_URL: proxy.url }), async (service) => {
        await service.logged("honnin is ready");
        const { ariUrl, ariUsername, ariPassword } = own.asterisk;
        const credentials = Buffer.from(`${ariUsername}:${ariPassword}`).toString("base64");
        const other = new WebSocket(`${ariUrl.replace("http", "ws")}/ari/events?app=honnin`, {
          headers: { authorization: `Basic ${credentials}` },
        });
        await once(other, "open");
        await soon("application-taken", "application_replaced");
        other.terminate();
        await poll(
          async () => (await found(serviceGroup, dir.path)).length === 0,
          PATIENCE_MS,
          "its recovery",
        );
        await proxy.stop();
        await soon("asterisk-away", "asterisk");
      });
    } finally {
      await proxy.stop();
    }
  });

  it("finds that it drains, and that registrations stop for want of room", async () => {
    await beside(settings({ HONNIN_NODE: "one" }), async (service) => {
      await service.logged("honnin is ready");
      const { code, stderr } = await HonninCommand.run(dir.path, ["node", "drain", "one"]);
      expect(code, stderr).to.equal(0);
      await soon("service-draining", "draining");
      const back = await HonninCommand.run(dir.path, ["node", "undrain", "one"]);
      expect(back.code, back.stderr).to.equal(0);
    });
    await beside(settings({ HONNIN_MIN_FREE_DISK_MB: "10000000" }), async (service) => {
      await service.logged("honnin is ready");
      await soon("registrations-stopped", "disk");
    });
  });

  it("finds that commits are refused, and none once the lock is gone", async () => {
    await beside(settings(), async (service) => {
      await service.logged("honnin is ready");
      const holder = spawn(process.execPath, ["-e", HOLDER, path.join(dir.path, "honnin.db")], {
        cwd: PROJECT_DIR,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = once(holder, "close");
      try {
        await once(holder.stdout, "data");
        await soon("commits-refused", "database");
      } finally {
        holder.kill("SIGKILL");
        await ended;
      }
      await poll(async () => (await found(serviceGroup, dir.path)).length === 0, PATIENCE_MS, "its recovery");
    });
  });

  it("finds that the other nodes have given it up, for it lacks the key by which they encipher", async () => {
    const url = await (await sharedPostgres()).database("empty");
    await beside(settings({ HONNIN_DATABASE_URL: url }), async (service) => {
      await service.logged("honnin is ready");
      const store = await Store.open(dir.path, url);
      await store.write((db) => putMeta(db, FINGERPRINT_KEY, "0123456789abcdef"));
      await store.close();
      await soon("node-given-up", "fenced");
    });
  });

  it("finds that it is of another version than the program", async () => {
    const other = path.join(dir.path, "other");
    await mkdir(other);
    for (const name of ["dist", "scripts"])
      await cp(path.join(PROJECT_DIR, name), path.join(other, name), { recursive: true });
    for (const name of ["node_modules", "asterisk-config", "sounds", ".honnin"])
      await symlink(path.join(PROJECT_DIR, name), path.join(other, name));
    const about = JSON.parse(await readFile(path.join(PROJECT_DIR, "package.json"), "utf8")) as object;
    await writeFile(path.join(other, "package.json"), JSON.stringify({ ...about, version: "0.0.1" }));
    const program = [process.execPath, path.join(other, "dist/honnin.js")] as const;
    await beside(
      settings(),
      async (service) => {
        await service.logged("honnin is ready");
        await soon("service-of-another-version", "0.0.1");
      },
      program,
    );
  });

  it("finds that a gateway for SMS does not let us in", async () => {
    const centre = await Smsc.start({ bindStatus: () => WRONG_PASSWORD });
    try {
      await gateway(`url: smpp://127.0.0.1:${String(centre.port)}`, "username: honnin", "password: p");
      await beside(settings(), async (service) => {
        await service.logged("honnin is ready");
        await soon("sms-down", "main: ESME_RINVPASWD", settings(), smsGroup);
      });
    } finally {
      await centre.stop();
    }
  });

  it("finds that a gateway for SMS rests that has failed", async () => {
    const failing = createServer((_request, response) => {
      response.statusCode = 500;
      response.end();
    }).listen(0, "127.0.0.1");
    await once(failing, "listening");
    try {
      const { port } = failing.address() as AddressInfo;
      await gateway(`url: http://127.0.0.1:${String(port)}/send`, "public_url: https://verify.example.com");
      await beside(settings(), async (service) => {
        const { api } = await service.logged("honnin is ready");
        const made = await HonninCommand.run(dir.path, ["key", "create", "--client", "shop", "--json"]);
        const { key } = JSON.parse(made.stdout) as { key: string };
        const client = new HttpsClient(String(api), key, path.join(dir.path, "tls/cert.pem"));
        const body = { phone_number: "09012345678", channel: "sms" };
        const { status, text } = await client.post("/v1/verifications", body);
        client.close();
        expect(status, text).to.equal(201);
        await soon("sms-resting", "main: ", settings(), smsGroup);
      });
    } finally {
      failing.close();
    }
  });

  /** The only one that there is. */
  async function gateway(...keys: readonly string[]): Promise<void> {
    const lines = ["sms:", "  - name: main", ...keys.map((key) => `    ${key}`), ""];
    await writeFile(path.join(dir.path, "honnin.yaml"), lines.join("\n"), { mode: 0o600 });
  }
});
