import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { hasRestOverWebSocket } from "../../src/ari/asterisk-version.js";
import type { AriOptions } from "../../src/ari/connection.js";
import { chooseConnector } from "../../src/ari/connector.js";
import { AriClientPrefixError, AriLinkDownError, AriTimeoutError } from "../../src/ari/errors.js";
import { asterisk16 } from "../asterisk/asterisk16.js";
import { PROJECT_DIR } from "../asterisk/configuration-values.js";
import { prepareAsterisk, type TestAsterisk } from "../asterisk/running-asterisk.js";
import { tempDir } from "../support/temp-dir.js";
import { BreakableProxy } from "./breakable-proxy.js";
import { rejectionOf } from "./rejection-of.js";

const NOBODY: AriOptions = { url: "http://127.0.0.1:9", username: "u", password: "p", application: "honnin" };

describe("how to talk to Asterisk", () => {
  for (const [version, rest] of [
    ["16.2.1~dfsg-1+deb10u2", false],
    ["16.28.0~dfsg-0+deb11u4", false],
    ["18.10.0~dfsg+~cs6.10.40431411-2", false],
    ["20.13.0", false],
    ["20.14.0", true],
    ["21.8.0", false],
    ["21.9.1", true],
    ["22.3.0", false],
    ["22.4.0", true],
    ["22.10.1+dfsg+~cs6.17-1", true],
    ["23.0.0", true],
    ["certified/18.9-cert13", false],
    ["GIT-master-a1b2c3", true],
  ] as const) {
    it(`is ${rest ? "REST over WebSocket" : "ari-client"} with ${version}`, async () => {
      expect(hasRestOverWebSocket(version)).to.equal(rest);
      expect(await chooseConnector("auto", NOBODY, 0, version)).to.equal(rest ? "websocket" : "ari-client");
    });
  }

  it("is as it was wished for, whatever the version", async () => {
    expect(await chooseConnector("websocket", NOBODY, 0, "16.28.0")).to.equal("websocket");
    expect(await chooseConnector("ari-client", NOBODY, 0, "22.10.1")).to.equal("ari-client");
  });

  it("is not ari-client behind a prefix, which it would drop", async () => {
    const behind = { ...NOBODY, url: "http://127.0.0.1:9/pbx" };
    expect(await rejectionOf(chooseConnector("ari-client", behind, 0))).to.be.instanceOf(
      AriClientPrefixError,
    );
    expect(await chooseConnector("websocket", behind, 0)).to.equal("websocket");
  });

  it("is not known of an Asterisk that is not there, at the deadline", async () => {
    expect(await rejectionOf(chooseConnector("auto", NOBODY, 0))).to.be.instanceOf(AriLinkDownError);
  });

  it("says what to install when ari-client is missing", async () => {
    const { path: dir, remove } = await tempDir();
    try {
      // The sources with nothing but `ws` to find.
      await cp(path.join(PROJECT_DIR, "src"), path.join(dir, "src"), { recursive: true });
      await mkdir(path.join(dir, "node_modules"));
      await symlink(path.join(PROJECT_DIR, "node_modules/ws"), path.join(dir, "node_modules/ws"));
      const script = path.join(dir, "ask.mts");
      await writeFile(
        script,
        `import { chooseConnector } from "./src/ari/connector.ts";
        const options = { url: "http://127.0.0.1:9", username: "u", password: "p", application: "a" };
        console.log(await chooseConnector("auto", options, 0, "22.10.1"));
        await chooseConnector("auto", options, 0, "16.28.0").catch((error) => console.log(error.code, error.message));`,
      );
      const tsx = path.join(PROJECT_DIR, "node_modules/tsx/dist/loader.mjs");
      const child = spawn(process.execPath, ["--import", tsx, script], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const said: Buffer[] = [];
      child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
      await once(child, "close", { signal: AbortSignal.timeout(60_000) });
      const text = Buffer.concat(said).toString();
      expect(text).to.match(/^websocket\nari_client_missing /);
      expect(text).to.include("npm install --omit=dev --no-save --save-prod ari-client@2.2.0");
    } finally {
      await remove();
    }
  });

  describe("is asked of a running one", () => {
    const running: TestAsterisk[] = [];
    const optionsOf = ({ asterisk }: TestAsterisk): AriOptions => ({
      url: asterisk.ariUrl,
      username: asterisk.ariUsername,
      password: asterisk.ariPassword,
      application: "honnin",
    });

    before(async () => {
      for (const installation of [await asterisk16(), undefined]) {
        const own = await prepareAsterisk(installation === undefined ? {} : { installation });
        running.push(own);
        await own.asterisk.start();
      }
    });

    after(async () => {
      for (const own of running) await own[Symbol.asyncDispose]();
    });

    it("and Asterisk 16 takes ari-client, 22 REST over WebSocket", async () => {
      const [old, current] = running.map(optionsOf);
      expect(await chooseConnector("auto", old!, 10_000)).to.equal("ari-client");
      expect(await chooseConnector("auto", current!, 10_000)).to.equal("websocket");
    });

    it("and a wrong password is told at once, not at the deadline", async () => {
      const wrong = { ...optionsOf(running[0]!), password: "guess" };
      expect(await rejectionOf(chooseConnector("auto", wrong, 3_600_000))).to.include({ status: 401 });
    });

    it("and one that never answers is given up at the deadline", async () => {
      const proxy = await BreakableProxy.start(Number(new URL(running[0]!.asterisk.ariUrl).port));
      proxy.swallow();
      const silent = { ...optionsOf(running[0]!), url: proxy.url };
      expect(await rejectionOf(chooseConnector("auto", silent, 200))).to.be.instanceOf(AriTimeoutError);
      await proxy.stop();
    });
  });
});
