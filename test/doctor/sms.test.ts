import { expect } from "chai";
import { createServer } from "node:net";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { smsGroup } from "../../src/cli/doctor/sms-group.js";
import type { Finding } from "../../src/cli/doctor/examine.js";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { Smsc } from "../sms/smsc.js";
import { type TestTls, testTls } from "../sms/tls-pair.js";
import { tempDir } from "../support/temp-dir.js";
import { expectOnly, found, ids } from "./found.js";

describe("honnin doctor, on gateways for SMS, without a service", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let tls: TestTls;

  before(async () => {
    tls = await testTls();
  });
  after(() => tls.remove());
  beforeEach(async () => {
    dir = await tempDir();
  });
  afterEach(() => dir.remove());

  /** What is found of the one gateway of these keys. */
  const look = async (...keys: string[]): Promise<readonly Finding[]> => {
    const file = path.join(dir.path, "honnin.yaml");
    const lines = ["sms:", "  - name: main", ...keys.map((key) => `    ${key}`), ""];
    await writeFile(file, lines.join("\n"), { mode: 0o600 });
    return found(smsGroup, dir.path);
  };

  it("finds nothing where there is none", async () => {
    expect(await found(smsGroup, dir.path)).to.deep.equal([]);
  });

  it("finds nothing of one whose door is open and whose certificate is trusted", async () => {
    const centre = await Smsc.start({ tls });
    try {
      const url = `url: smpps://localhost:${String(centre.port)}`;
      expect(await look(url, "username: honnin", `tls_ca: ${tls.caFile}`)).to.deep.equal([]);
      expectOnly(await look(url, "username: honnin"), "sms-unreachable", "SELF_SIGNED");
      expect(centre.binds, "it does not log in").to.deep.equal([]);
    } finally {
      await centre.stop();
    }
  });

  it("finds a name that there is not, and that codes would go there in clear", async () => {
    const findings = await look("url: smpp://smsc.invalid:2775", "username: honnin");
    expect(ids(findings)).to.deep.equal(["sms-in-clear", "sms-unresolved"]);
  });

  it("finds a door that is shut", async () => {
    const port = await freeTcpPort();
    const findings = await look(`url: smpp://127.0.0.1:${String(port)}`, "username: honnin");
    expectOnly(findings, "sms-unreachable", `main: 127.0.0.1:${String(port)}, ECONNREFUSED`);
  });

  it("finds that a gateway by HTTP has nowhere to report to", async () => {
    const server = createServer((socket) => socket.destroy()).listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const url = `url: http://127.0.0.1:${String((server.address() as { port: number }).port)}/send`;
      expectOnly(await look(url), "sms-without-reports", "main");
      expect(await look(url, "public_url: https://verify.example.com")).to.deep.equal([]);
    } finally {
      server.close();
    }
  });
});
