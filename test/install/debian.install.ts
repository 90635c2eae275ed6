import { expect } from "chai";
import type { ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { rm, stat } from "node:fs/promises";
import path from "node:path";
import { Carrier } from "../phones/carrier.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { freeUdpPort } from "../phones/ports.js";
import { HttpsClient } from "../support/https-client.js";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { makePackage, withVersion } from "./debian-package.js";
import { DebianRoot, ended } from "./debian-root.js";
import { debianMirror, isUbuntu } from "./distribution.js";
import { verifiedCall } from "./verified-call.js";

/** Fetching Asterisk, on a slow line and a busy machine. */
const READY_MS = 900_000;
/** Debian 12 and 13, Ubuntu 24.04 and 26.04. */
const SUITES = (process.env["HONNIN_INSTALL_SUITES"] ?? "bookworm,trixie,noble,resolute").split(",");

/**
 * The package on a Debian or Ubuntu that has never seen it: not among the tests of `npm test`, for it wants root, a mirror
 * and two minutes of a core for each. `npm run test:install`; HONNIN_INSTALL_SUITES names some of them.
 */
for (const suite of SUITES) describe(`the package on a fresh system (${suite})`, installs(suite));

/** Of Ubuntu there is no Asterisk that is new enough: Debian's, as docs/en/install.md has it. */
async function putDebianBeside(root: DebianRoot): Promise<void> {
  await root.apt("install", "debian-archive-keyring");
  await root.write(
    "/etc/apt/sources.list.d/debian.sources",
    [
      "Types: deb",
      `URIs: ${await debianMirror()}`,
      "Suites: forky",
      "Components: main",
      "Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n",
    ].join("\n"),
  );
  await root.write("/etc/apt/preferences.d/debian", "Package: *\nPin: release o=Debian\nPin-Priority: -1\n");
  await root.apt("update");
}

function installs(suite: string): (this: Mocha.Suite) => void {
  return function () {
    this.timeout(1_800_000);
    let root: DebianRoot;
    let carrier: Carrier;
    let file: string;
    let older: string;
    let verified: string;
    let key: string;
    let script: string;
    let apiPort: number;
    let service: ChildProcess | undefined;

    before(async () => {
      file = await makePackage();
      older = await withVersion(file, "0.0.1");
      root = await DebianRoot.make(suite);
      if (isUbuntu(suite)) await putDebianBeside(root);
      carrier = await Carrier.start();
    });

    after(async () => {
      service?.kill("SIGKILL");
      await carrier.stop();
      await root[Symbol.asyncDispose]();
      await rm(older, { force: true });
    });

    async function start(): Promise<HttpsClient> {
      const child = await root.startUnit("honnin.service");
      service = child;
      let said = "";
      await new Promise<void>((resolve, reject) => {
        const late = setTimeout(() => {
          reject(new Error(`not ready in time:\n${said}`));
        }, READY_MS);
        child.stderr?.on("data", (chunk: Buffer) => {
          said += chunk.toString();
          if (!said.includes("honnin is ready")) return;
          clearTimeout(late);
          resolve();
        });
        child.once("close", () => {
          clearTimeout(late);
          reject(new Error(`ended:\n${said}`));
        });
      });
      return new HttpsClient(`https://127.0.0.1:${apiPort}`, key, root.in("/var/lib/honnin/tls/cert.pem"));
    }

    async function stop(): Promise<void> {
      service?.kill("SIGTERM");
      if (service !== undefined) expect((await ended(service)).code).to.equal(0);
      service = undefined;
    }

    it("installs: a user of its own, settings that only it may read, no service that was not asked for", async () => {
      const place = await root.bring(older);
      await root.apt("install", place);
      expect(await root.must("id", ["-un", "honnin"])).to.equal("honnin\n");
      const settings = await root.must("stat", ["-c", "%U:%G %a", "/etc/honnin", "/etc/honnin/honnin.yaml"]);
      expect(settings).to.equal("root:honnin 750\nroot:honnin 640\n");
      expect(await root.must("stat", ["-c", "%U %a", "/var/lib/honnin"])).to.equal("honnin 700\n");
      expect(existsSync(root.in("/etc/systemd/system/multi-user.target.wants"))).to.be.true;
      for (const help of [
        "/usr/share/man/man1/honnin.1.gz",
        "/usr/share/bash-completion/completions/honnin",
        "/usr/share/zsh/vendor-completions/_honnin",
        "/usr/share/fish/vendor_completions.d/honnin.fish",
      ])
        expect(await root.must("cat", [help]), help).not.to.equal("");
      expect(
        (await root.run("setpriv", ["--reuid=nobody", "--clear-groups", "honnin", "config", "check"])).said,
      )
        .to //
        .contain("sudo honnin");
    });

    it("answers a verification, started as its unit starts it, with an Asterisk that it fetched", async () => {
      apiPort = await freeTcpPort();
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
      const made = await root.must("honnin", ["key", "create", "--client", "shop", "--json"]);
      key = (JSON.parse(made.slice(made.indexOf("{"))) as { key: string }).key;
      const api = await start();
      try {
        const { id, status, heard } = await verifiedCall(api, carrier);
        verified = id;
        expect(status).to.equal("verified");
        expect(heard).to.contain("verified");
      } finally {
        api.close();
      }
      await stop();
      expect(
        await root.must("find", ["/var/lib/honnin", "!", "-user", "honnin"]),
        "nothing of root's",
      ).to.equal("");
    });

    it("is upgraded by scripts/install with settings and data kept", async () => {
      const place = await root.bring(file);
      script = await root.bring(path.join(PROJECT_DIR, "scripts/install"));
      await root.must("sh", [script, "--package", place]);
      expect(await root.read("/etc/honnin/honnin.yaml")).to.contain(`api_port: ${apiPort}`);
      const changed = (await root.must("dpkg", ["--verify", "honnin"])).trim().split("\n");
      expect(changed, "the settings alone").to.deep.equal(["??5?????? c /etc/honnin/honnin.yaml"]);
      const api = await start();
      try {
        const { json } = await api.get(`/v1/verifications/${verified}`);
        expect(json).to.include({ id: verified, status: "verified" });
      } finally {
        api.close();
      }
      await stop();
    });

    it("is removed with the data kept, and purged with nothing left", async () => {
      await root.must("sh", [script, "--uninstall"]);
      expect(existsSync(root.in("/usr/lib/honnin"))).to.be.false;
      expect((await stat(root.in("/var/lib/honnin/honnin.db"))).size).to.be.above(0);
      expect(await root.must("sh", [script, "--purge", "--dry-run"])).to.contain("+ apt-get");
      expect(existsSync(root.in("/var/lib/honnin/honnin.db")), "a dry run does nothing").to.be.true;
      await root.must("sh", [script, "--purge"]);
      expect(await root.must("sh", [script, "--purge"]), "again").to.contain("honnin is not installed");
      for (const left of ["/var/lib/honnin", "/var/cache/honnin", "/etc/honnin", "/usr/bin/honnin"])
        expect(existsSync(root.in(left)), left).to.be.false;
      expect((await root.run("id", ["honnin"])).code).to.equal(1);
      const found = await root.must("find", ["/etc", "/usr", "/var/lib", "-name", "*honnin*"]);
      const leftOver = found.split("\n").filter((line) => line !== "" && !line.includes("/var/lib/dpkg/"));
      expect(leftOver).to.deep.equal([]);
    });
  };
}
