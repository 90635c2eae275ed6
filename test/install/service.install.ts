import { expect } from "chai";
import { rm } from "node:fs/promises";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { Carrier } from "../phones/carrier.js";
import { freeUdpPort } from "../phones/ports.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { HttpsClient } from "../support/https-client.js";
import { BootedRoot } from "./booted-root.js";
import { makePackage, withVersion } from "./debian-package.js";
import { DebianRoot } from "./debian-root.js";
import { keyedCall, statusOf, verifiedCall } from "./verified-call.js";

/** Long enough for a start on a busy machine: a notice every half of it. */
const WATCHDOG_S = 10;
const RESTARTED_MS = 180_000;

/**
 * The unit, carried out by a systemd that is the first process of a Debian 13 of its own: with all its fences, so that what
 * they forbid is missed here. `npm run test:install`; wants root.
 */
describe("honnin.service under systemd", function () {
  this.timeout(1_800_000);
  let root: DebianRoot;
  let system: BootedRoot;
  let carrier: Carrier;
  let file: string;
  let older: string;
  let apiPort: number;
  let key: string;

  before(async () => {
    file = await makePackage();
    older = await withVersion(file, "0.0.1");
    root = await DebianRoot.make("trixie");
    await root.apt("install", "systemd", "ca-certificates");
    system = await BootedRoot.boot(root);
    carrier = await Carrier.start();
    apiPort = await freeTcpPort();
  });

  after(async () => {
    await carrier.stop();
    await system[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
    await rm(older, { force: true });
  });

  const property = (name: string): Promise<string> => system.property("honnin", name);

  /** With an API client, whose connections are of that time. */
  async function asking<T>(ask: (api: HttpsClient) => Promise<T>): Promise<T> {
    const certificate = root.in("/var/lib/honnin/tls/cert.pem");
    const api = new HttpsClient(`https://127.0.0.1:${apiPort}`, key, certificate);
    try {
      return await ask(api);
    } finally {
      api.close();
    }
  }

  async function install(deb: string): Promise<void> {
    const place = await root.bring(deb);
    await system.must("apt-get", "-q", "--yes", "--no-install-recommends", "install", place);
  }

  async function journal(): Promise<string> {
    return system.must("journalctl", "--unit=honnin", "--no-pager", "--output=cat");
  }

  it("is enabled by the installation, and not started", async () => {
    await install(older);
    expect((await system.run("systemctl", "is-enabled", "honnin")).said).to.equal("enabled\n");
    expect((await system.run("systemctl", "is-active", "honnin")).said).to.equal("inactive\n");
  });

  it("is active once it is ready for calls, with an Asterisk that it fetched, and answers a verification", async () => {
    const ports = { ops: await freeTcpPort(), console: await freeTcpPort(), sip: await freeUdpPort() };
    await root.write(
      "/etc/honnin/honnin.yaml",
      [
        `api_port: ${apiPort}`,
        `ops_port: ${ports.ops}`,
        `console_port: ${ports.console}`,
        `sip_port: ${ports.sip}`,
        `trunk_uri: sip:127.0.0.1:${carrier.port}\n`,
      ].join("\n"),
    );
    carrier.linkTo(ports.sip);
    const { code, said } = await system.run("systemctl", "start", "honnin");
    expect(code, `${said}\n${await journal()}`).to.equal(0);
    expect(await journal()).to.contain("honnin is ready");
    expect(await property("ActiveState")).to.equal("active");
    const made = await system.must("honnin", "key", "create", "--client", "shop", "--json");
    key = (JSON.parse(made.slice(made.indexOf("{"))) as { key: string }).key;
    const { status, heard } = await asking((api) => verifiedCall(api, carrier));
    expect(status).to.equal("verified");
    expect(heard).to.contain("verified");
  });

  it("reads its certificate again on reload, and is the same process", async () => {
    const before = await property("MainPID");
    await system.must("systemctl", "reload", "honnin");
    expect(await property("MainPID")).to.equal(before);
    expect(await property("ActiveState")).to.equal("active");
  });

  it("lets a call in progress finish when it is restarted", async () => {
    const before = await property("MainPID");
    let restarted: Promise<string> | undefined;
    const { id, heard } = await asking((api) =>
      keyedCall(api, carrier, {
        onAnswered: async () => {
          restarted = system.must("systemctl", "restart", "honnin");
          await poll(
            async () => (await property("ActiveState")) === "deactivating",
            PATIENCE_MS,
            "the stop",
            200,
          );
        },
      }),
    );
    expect(heard).to.contain("verified");
    await restarted;
    expect(await property("ActiveState")).to.equal("active");
    expect(await property("MainPID")).not.to.equal(before);
    expect(await property("NRestarts"), "no failure").to.equal("0");
    expect(await asking((api) => statusOf(api, id))).to.equal("verified");
  });

  it("is started again when its event loop stands still", async () => {
    await root.write(
      "/etc/systemd/system/honnin.service.d/watchdog.conf",
      `[Service]\nWatchdogSec=${WATCHDOG_S}\n`,
    );
    await system.must("systemctl", "daemon-reload");
    await system.must("systemctl", "restart", "honnin");
    const before = await property("MainPID");
    await system.must("sh", "-c", `kill -STOP ${before}`);
    await poll(
      async () => (await property("NRestarts")) === "1" && (await property("ActiveState")) === "active",
      RESTARTED_MS,
      "the watchdog",
      500,
    );
    expect(await property("MainPID")).not.to.equal(before);
    const said = await system.must("journalctl", "--unit=honnin", "--no-pager");
    expect(said).to.contain("Watchdog timeout");
    expect((await asking((api) => verifiedCall(api, carrier))).status).to.equal("verified");
  });

  it("runs on with the new version after an upgrade", async () => {
    const before = await property("MainPID");
    await install(file);
    expect(await property("ActiveState")).to.equal("active");
    expect(await property("MainPID")).not.to.equal(before);
    expect((await asking((api) => verifiedCall(api, carrier))).status).to.equal("verified");
  });

  it("stops in order, and is gone with the package", async () => {
    await system.must("systemctl", "stop", "honnin");
    expect(await property("Result")).to.equal("success");
    expect(await property("ExecMainStatus")).to.equal("0");
    await system.must("systemctl", "start", "honnin");
    await system.must("apt-get", "-q", "--yes", "purge", "honnin");
    expect((await system.run("systemctl", "is-active", "honnin")).said).to.equal("inactive\n");
    expect((await system.run("systemctl", "cat", "honnin")).code).not.to.equal(0);
  });
});
