import { expect } from "chai";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { runsWith } from "../../src/asterisk/stale-process.js";
import { SilentTrunk } from "../ari/silent-trunk.js";
import { poll } from "../phones/waiting.js";
import { HttpsClient } from "../support/https-client.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, processesOf, runningAsterisk, setUp } from "./honnin-command.js";

describe("honnin serve", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  const services: HonninCommand[] = [];

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    for (const service of services.splice(0)) {
      service.signal("SIGKILL");
      await service.ended();
    }
    const left = runningAsterisk(dir.path);
    if (left !== null) process.kill(left, "SIGKILL");
    await dir.remove();
  });

  function serve(settings: Readonly<Record<string, string>> = {}): HonninCommand {
    const service = HonninCommand.serve(dir.path, settings);
    services.push(service);
    return service;
  }

  async function ready(service: HonninCommand): Promise<{ api: string; health: string }> {
    const { api, ops } = await service.logged("honnin is ready");
    return { api: String(api), health: `http://127.0.0.1:${String(ops)}/health` };
  }

  it("is ready when it says so, drains at SIGTERM, ends with 0 and leaves no process", async () => {
    const service = serve();
    const { health } = await ready(service);
    for (const state of ["live", "ready"]) {
      const answer = await fetch(`${health}/${state}`, { signal: AbortSignal.timeout(60_000) });
      expect(answer.status).to.equal(200);
      expect(await answer.json()).to.include({ status: state });
    }
    const pid = await service.asteriskPid();
    service.signal("SIGTERM");
    const { code, stdout, stderr } = await service.ended();
    expect(code, stderr).to.equal(0);
    expect(stdout, "its talk is on stderr").to.equal("");
    expect(stderr).to.contain('"stopped"');
    expect(runsWith(pid, path.join(dir.path, "asterisk/etc/asterisk.conf"))).to.be.false;
    expect(processesOf(dir.path)).to.deep.equal([]);
    expect(existsSync(path.join(dir.path, "service.pid"))).to.be.false;
  });

  it("ends its talk with one address to begin with, where there is a demonstration", async () => {
    const service = serve({ HONNIN_DEMO: "true", HONNIN_TEST_PHONES: "0600000001=1001" });
    const { console: origin } = await service.logged("honnin is ready");
    await service.said("/welcome#");
    const [, block = ""] = service.stderr.split("─".repeat(80));
    const addresses = block.match(/https:\S+/g);
    expect(addresses?.[0]).to.equal(`${String(origin)}/start`);
    expect(addresses?.[1]).to.include(`${String(origin)}/welcome#`);
    expect(addresses).to.have.length(2);
    const client = new HttpsClient(String(origin), "", path.join(dir.path, "tls/cert.pem"));
    try {
      for (const at of ["/start", "/start/page.js", "/start/style.css", "/demo/", "/demo/app.js"])
        expect([at, (await client.get(at, { key: null })).status]).to.deep.equal([at, 200]);
      const keys = await HonninCommand.run(dir.path, ["key", "list", "--json"]);
      expect(JSON.parse(keys.stdout), "made when it is needed").to.deep.equal([]);
      await client.post(
        "/demo/api/start",
        { flow: "reset", user: "hanako", number: "0600000001" },
        { key: null },
      );
      const [key] = JSON.parse((await HonninCommand.run(dir.path, ["key", "list", "--json"])).stdout) as [
        Record<string, unknown>,
      ];
      expect(key).to.include({ client_name: "demo", revoked_at: null });
      expect(key["expires_at"]).to.be.a("string");
    } finally {
      client.close();
    }
    service.signal("SIGTERM");
    expect((await service.ended()).code).to.equal(0);
    const after = await HonninCommand.run(dir.path, ["key", "list", "--json"]);
    const [revoked] = JSON.parse(after.stdout) as [Record<string, unknown>];
    expect(revoked["revoked_at"]).to.be.a("string");
  });

  it("has no demonstration where it was not asked for", async () => {
    const service = serve();
    const { console: origin } = await service.logged("honnin is ready");
    await service.said("/welcome#");
    expect(service.stderr).not.to.include("/start");
    const client = new HttpsClient(String(origin), "", path.join(dir.path, "tls/cert.pem"));
    try {
      const at = "/demo/api/start";
      expect((await client.post(at, { flow: "login", user: "hanako" }, { key: null })).status).to.equal(404);
    } finally {
      client.close();
    }
  });

  for (const signal of ["SIGINT", "SIGHUP"] as const) {
    it(`drains at ${signal} as well, as a terminal sends it`, async () => {
      const service = serve();
      await ready(service);
      service.signal(signal);
      const { code, stderr } = await service.ended();
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain('"stopped"');
      expect(processesOf(dir.path)).to.deep.equal([]);
    });
  }

  it("drains when its terminal is gone and what it says goes nowhere", async () => {
    const service = serve();
    await ready(service);
    service.loseTerminal();
    service.signal("SIGHUP");
    expect((await service.ended()).code).to.equal(0);
    expect(processesOf(dir.path)).to.deep.equal([]);
  });

  for (const [what, signal] of [
    ["Ctrl-C that comes from the terminal and from npm", "SIGINT"],
    ["closed terminal that tells both the shell and its jobs", "SIGHUP"],
    ["stop that systemd asks of every process, and npm hands on", "SIGTERM"],
  ] as const) {
    it(`takes a ${what} for one signal, and drains`, async () => {
      const service = serve();
      await ready(service);
      service.signals(signal, signal);
      const { code, stderr } = await service.ended();
      expect(code, stderr).to.equal(0);
      expect(stderr).to.contain('"stopped"').and.not.contain("second signal:");
      expect(processesOf(dir.path)).to.deep.equal([]);
    });
  }

  it("hears of SIGTERM through npm start", async () => {
    const npm = HonninCommand.npmStart(dir.path);
    services.push(npm);
    await ready(npm);
    const pid = Number(await readFile(path.join(dir.path, "service.pid"), "utf8"));
    try {
      npm.signal("SIGTERM");
      expect((await npm.ended()).stderr).to.contain('"stopped"');
      expect(existsSync(`/proc/${pid}`), "the service is gone").to.be.false;
      expect(processesOf(dir.path)).to.deep.equal([]);
    } finally {
      // Killing npm alone would leave it running.
      if (existsSync(path.join(dir.path, "service.pid"))) process.kill(pid, "SIGKILL");
    }
  });

  it("leaves no Asterisk when it is ended while it starts", async () => {
    const service = serve();
    await service.asteriskPid();
    expect(service.stderr).not.to.contain("honnin is ready");
    service.signal("SIGTERM");
    const { code, stderr } = await service.ended();
    expect(code, stderr).to.equal(0);
    expect(processesOf(dir.path)).to.deep.equal([]);
  });

  it("drains when the whole group of npm start is told to stop, and ends with npm", async () => {
    const npm = HonninCommand.npmStart(dir.path, { ownGroup: true });
    services.push(npm);
    try {
      await ready(npm);
      npm.signalGroup("SIGTERM");
      const { stderr } = await npm.ended();
      await poll(() => Promise.resolve(processesOf(dir.path).length === 0), 20_000, "the end of the service");
      expect(stderr).to.contain('"stopped"').and.not.contain("second signal:");
    } finally {
      npm.signalGroup("SIGKILL");
    }
  });

  describe("with a call in progress", () => {
    let trunk: SilentTrunk;
    let verify: HonninCommand;
    let service: HonninCommand;
    let health: string;

    beforeEach(async () => {
      trunk = await SilentTrunk.start();
      service = serve({ HONNIN_TRUNK_URI: trunk.uri });
      const up = await ready(service);
      health = up.health;
      const settings = { HONNIN_API_PORT: new URL(up.api).port };
      verify = new HonninCommand(dir.path, ["verify", "+819012345678"], settings);
      services.push(verify);
      await verify.said("in_progress");
    });

    afterEach(async () => {
      await trunk.stop();
    });

    it("is not ready from the moment of the signal on, and says why", async () => {
      service.signal("SIGTERM");
      await service.said("draining");
      const answer = await fetch(`${health}/ready`, { signal: AbortSignal.timeout(5_000) });
      expect(answer.status).to.equal(503);
      expect(await answer.json()).to.deep.equal({
        status: "not_ready",
        troubles: ["draining"],
        warnings: [],
      });
      expect(runningAsterisk(dir.path), "the call's Asterisk").not.to.equal(null);
      expect(service.stderr, "the call goes on").not.to.contain("call ended");
    });

    for (const first of ["SIGTERM", "SIGINT"] as const) {
      it(`ends at once at a SIGTERM a while after ${first}, and leaves no Asterisk then either`, async () => {
        service.signal(first);
        await service.said("draining");
        const again = setInterval(() => {
          service.signal("SIGTERM");
        }, 250);
        try {
          const { code, stderr } = await service.ended();
          expect(code, stderr).to.equal(4);
          expect(stderr).to.contain("second signal: ending at once").and.not.contain('"stopped"');
        } finally {
          clearInterval(again);
        }
        verify.signal("SIGKILL");
        await verify.ended();
        expect(processesOf(dir.path)).to.deep.equal([]);
      });
    }
  });

  it("lets softphones register where HONNIN_TEST_PHONES is set, and nowhere else", async () => {
    const accounts = path.join(dir.path, "asterisk/test-phones.json");
    const settings = path.join(dir.path, "asterisk/etc/pjsip.conf");
    const plain = serve();
    await ready(plain);
    expect(existsSync(accounts)).to.be.false;
    expect(await readFile(settings, "utf8")).not.to.contain("[1001]");
    plain.signal("SIGTERM");
    await plain.ended();
    await ready(serve({ HONNIN_TEST_PHONES: "09012345678=1001" }));
    expect(existsSync(accounts)).to.be.true;
    expect(await readFile(settings, "utf8")).to.contain("[1001]");
  });

  it("takes keys that are made and revoked while it runs", async () => {
    const { api } = await ready(serve());
    const made = await HonninCommand.run(dir.path, ["key", "create", "--client", "shop", "--json"]);
    const { key, id } = JSON.parse(made.stdout) as { key: string; id: string };
    const client = new HttpsClient(api, key, path.join(dir.path, "tls/cert.pem"));
    try {
      expect((await client.get("/v1/verifications/none")).status).to.equal(404);
      expect((await HonninCommand.run(dir.path, ["key", "revoke", id])).code).to.equal(0);
      expect((await client.get("/v1/verifications/none")).status).to.equal(401);
    } finally {
      client.close();
    }
  });

  it("keeps its data directory to itself: a second one ends with data_dir_in_use", async () => {
    const first = serve();
    const { health } = await ready(first);
    const pid = await first.asteriskPid();
    const second = await serve().ended();
    expect(second.code).to.equal(4);
    expect(second.stderr).to.contain("data_dir_in_use");
    expect(runningAsterisk(dir.path), "the first one's Asterisk is spared").to.equal(pid);
    expect((await fetch(`${health}/ready`)).status).to.equal(200);
  });

  it("starts again after it was killed, and ends the Asterisk that was left behind", async () => {
    const killed = serve();
    await ready(killed);
    const left = await killed.asteriskPid();
    killed.signal("SIGKILL");
    await killed.ended();
    expect(runningAsterisk(dir.path), "it outlives its killed owner").to.equal(left);
    const service = serve();
    const { health } = await ready(service);
    expect((await fetch(`${health}/ready`)).status).to.equal(200);
    expect(runsWith(left, path.join(dir.path, "asterisk/etc/asterisk.conf"))).to.be.false;
    service.signal("SIGTERM");
    expect((await service.ended()).code).to.equal(0);
    expect(processesOf(dir.path)).to.deep.equal([]);
  });

  it("says which port is taken, ends with 4 and leaves nothing running", async () => {
    const { api } = await ready(serve());
    const other = await tempDir();
    const settings = { HONNIN_API_PORT: new URL(api).port };
    const second = HonninCommand.serve(other.path, settings);
    try {
      const { code, stderr } = await second.ended();
      expect(code).to.equal(4);
      expect(stderr).to.contain("EADDRINUSE").and.contain(settings.HONNIN_API_PORT);
      expect(processesOf(other.path)).to.deep.equal([]);
    } finally {
      second.signal("SIGKILL");
      await other.remove();
    }
  });
});
