import { expect } from "chai";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { WebSocketAriConnection } from "../../src/ari/websocket/websocket-connection.js";
import { ensureAsterisk } from "../../src/asterisk/asterisk-installation.js";
import { AsteriskKeepsDyingError, SipPortBusyError } from "../../src/asterisk/errors.js";
import { runsWith } from "../../src/asterisk/stale-process.js";
import { AsteriskSupervisor } from "../../src/asterisk/supervisor.js";
import { PROJECT_DIR } from "./configuration-values.js";
import {
  ariStatus,
  leaveBehind,
  pjsipEndpoints,
  prepareAsterisk,
  type TestAsterisk,
} from "./running-asterisk.js";

const configFile = ({ dataDir }: TestAsterisk): string => path.join(dataDir, "asterisk/etc/asterisk.conf");

describe("the bundled Asterisk", () => {
  it("is ready when start() resolves, and answers ARI to its password only", async () => {
    await using own = await prepareAsterisk();
    await own.asterisk.start();
    expect(await ariStatus(own.asterisk)).to.equal(200);
    expect(await ariStatus(own.asterisk, "guess")).to.equal(401);
  });

  it("loads every module of its list, without an error or a warning", async () => {
    await using own = await prepareAsterisk();
    await own.asterisk.start();
    expect(own.lines.filter((line) => /ERROR\[|WARNING\[/.test(line))).to.deep.equal([]);
  });

  it("keeps its passwords to its owner", async () => {
    await using own = await prepareAsterisk();
    const mode = async (file: string): Promise<number> =>
      (await stat(path.join(own.dataDir, "asterisk", file))).mode & 0o777;
    expect(await mode("etc")).to.equal(0o700);
    for (const file of ["etc/pjsip.conf", "etc/ari.conf", "ari-password", "test-phones.json"]) {
      expect(await mode(file), file).to.equal(0o600);
    }
  });

  it("has accounts for softphones, and none where none are wanted", async () => {
    await using tried = await prepareAsterisk();
    await using served = await prepareAsterisk({ testPhones: false });
    await Promise.all([tried.asterisk.start(), served.asterisk.start()]);
    expect(await pjsipEndpoints(tried.asterisk)).to.deep.equal([
      ...["1001", "1001-browser", "1002", "1002-browser"],
      "trunk",
    ]);
    expect(await pjsipEndpoints(served.asterisk)).to.deep.equal(["trunk"]);
    expect(served.asterisk.testPhones).to.deep.equal([]);
    expect(existsSync(path.join(served.dataDir, "asterisk/test-phones.json"))).to.be.false;
  });

  it("leaves no process when it is stopped", async () => {
    await using own = await prepareAsterisk();
    await own.asterisk.start();
    const { pid } = own.asterisk;
    expect(runsWith(pid!, configFile(own))).to.be.true;
    await own.asterisk.stop();
    expect(runsWith(pid!, configFile(own))).to.be.false;
    expect(own.asterisk.pid).to.be.null;
  });

  it("is started again after it was killed, at the same port, with the same password", async () => {
    await using own = await prepareAsterisk();
    await own.asterisk.start();
    const { pid, supervisor } = own.asterisk;
    const restarted = once(supervisor, "started");
    const exited = once(supervisor, "exited");
    supervisor.kill();
    expect(await exited).to.deep.equal([{ code: null, signal: "SIGKILL" }]);
    await restarted;
    expect(own.asterisk.pid).not.to.equal(pid);
    expect(await ariStatus(own.asterisk)).to.equal(200);
  });

  it("is ended and started again when it lives and answers no more", async () => {
    await using own = await prepareAsterisk();
    const { ariUrl, ariUsername, ariPassword } = own.asterisk;
    const supervisor = new AsteriskSupervisor({
      installation: await ensureAsterisk({ projectDir: PROJECT_DIR, progress: () => undefined }),
      configDir: path.join(own.dataDir, "asterisk/etc"),
      runDir: path.join(own.dataDir, "asterisk"),
      ari: { port: Number(new URL(ariUrl).port), username: ariUsername, password: ariPassword },
      log: () => undefined,
      lookEveryMs: 200,
    });
    const link = new WebSocketAriConnection({
      url: ariUrl,
      username: ariUsername,
      password: ariPassword,
      application: "honnin",
      pingEveryMs: 100,
      pongMs: 1_000,
      requestMs: 1_000,
    });
    try {
      await supervisor.start();
      await link.ready(20_000);
      supervisor.judgeBy(() => link.silent);
      const { pid } = supervisor;
      const signal = AbortSignal.timeout(50_000);
      const exited = once(supervisor, "exited", { signal });
      const restarted = once(supervisor, "started", { signal });
      process.kill(pid!, "SIGSTOP");
      expect(await exited, "it hears no SIGTERM either").to.deep.equal([{ code: null, signal: "SIGKILL" }]);
      await restarted;
      expect(supervisor.pid).not.to.equal(pid);
      expect(await ariStatus(own.asterisk)).to.equal(200);
    } finally {
      await link.close();
      await supervisor.stop();
    }
  });

  it("can be started again after it was stopped", async () => {
    await using own = await prepareAsterisk();
    await own.asterisk.start();
    await own.asterisk.stop();
    await own.asterisk.start();
    expect(await ariStatus(own.asterisk)).to.equal(200);
  });

  it("can be stopped while it waits to start again", async () => {
    await using own = await prepareAsterisk();
    await own.asterisk.start();
    const restarting = once(own.asterisk.supervisor, "restarting");
    own.asterisk.supervisor.kill();
    await restarting;
    await own.asterisk.stop();
    expect(own.asterisk.pid).to.be.null;
  });

  it("can be stopped before it is ready", async () => {
    await using own = await prepareAsterisk();
    const started = own.asterisk.start().then(
      () => "started",
      () => "given up",
    );
    await own.asterisk.stop();
    expect(await started).to.equal("given up");
    expect(own.asterisk.pid).to.be.null;
  });

  it("takes the place of one that a killed owner left behind", async () => {
    await using next = await prepareAsterisk();
    const left = await leaveBehind(next.dataDir);
    expect(runsWith(left.pid, configFile(next))).to.be.true;
    await using again = await prepareAsterisk({ dataDir: next.dataDir, sipPort: left.sipPort });
    expect(runsWith(left.pid, configFile(next))).to.be.false;
    await again.asterisk.start();
    expect(await ariStatus(again.asterisk)).to.equal(200);
  });

  it("spares another program that got the old process id", async () => {
    await using own = await prepareAsterisk();
    await writeFile(path.join(own.dataDir, "asterisk/pid"), `${String(process.pid)}\n`);
    await own.asterisk.start();
    expect(await ariStatus(own.asterisk)).to.equal(200);
  });

  it("runs beside another one", async () => {
    await using one = await prepareAsterisk();
    await using other = await prepareAsterisk();
    await Promise.all([one.asterisk.start(), other.asterisk.start()]);
    expect(await ariStatus(one.asterisk)).to.equal(200);
    expect(await ariStatus(other.asterisk)).to.equal(200);
    expect(one.asterisk.ariPassword).not.to.equal(other.asterisk.ariPassword);
  });

  it("says which port is taken, before it starts", async () => {
    await using own = await prepareAsterisk();
    await own.asterisk.start();
    const { sipPort } = own.asterisk;
    const second = await prepareAsterisk({ sipPort }).catch((error: unknown) => error);
    expect(second).to.be.instanceOf(SipPortBusyError);
    expect(String(second)).to.contain(`127.0.0.1:${String(sipPort)}`);
  });

  it("is given up with its last words when it ends five times at its start", async () => {
    await using own = await prepareAsterisk();
    // Without its modules' configuration Asterisk will not run.
    await writeFile(
      path.join(own.dataDir, "asterisk/etc/modules.conf"),
      "[modules]\nrequire = no_such_thing.so\n",
    );
    const error: unknown = await own.asterisk.start().then(
      () => "started",
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(AsteriskKeepsDyingError);
    expect(String(error)).to.contain("no_such_thing");
    expect(await readFile(path.join(own.dataDir, "asterisk/log"), "utf8")).to.contain("no_such_thing");
  });

  it("works from a data directory whose path is too long for a socket", async () => {
    await using short = await prepareAsterisk();
    const dataDir = path.join(short.dataDir, "a-rather-long-name/".repeat(8));
    await using own = await prepareAsterisk({ dataDir });
    await own.asterisk.start();
    expect(await ariStatus(own.asterisk)).to.equal(200);
  });
});
