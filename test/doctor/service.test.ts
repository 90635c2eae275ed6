import { expect } from "chai";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { portsGroup } from "../../src/cli/doctor/ports-group.js";
import { examine, type Finding } from "../../src/cli/doctor/examine.js";
import { serviceGroup } from "../../src/cli/doctor/service-group.js";
import { trunkGroup } from "../../src/cli/doctor/trunk-group.js";
import { insertAdmin } from "../../src/store/admins.js";
import { Store } from "../../src/store/store.js";
import { challenge, reply, SipPeer } from "../asterisk/sip-peer.js";
import { HonninCommand, runningAsterisk, setUp } from "../cli/honnin-command.js";
import { tempDir } from "../support/temp-dir.js";
import { type Env, expectOnly, found, ids } from "./found.js";

/** Of the machine that runs the tests, which is nobody's set-up. */
const OF_THE_MACHINE = [
  ...["real-time-missing", "memory-short", "memory-limited", "clock-not-synchronized", "host-name-unknown"],
  ...[
    "descriptors-few",
    "processes-few",
    "disk-full",
    "disk-nearly-full",
    "inodes-nearly-gone",
    "database-slow",
  ],
];
const VOICE = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n";

/** An answer with a body, which `reply` has none of. */
function withBody(request: string, body: string): string {
  const [head = ""] = reply(request, "200 OK", ["Content-Type: application/sdp"]).split("Content-Length: 0");
  return `${head}Content-Length: ${String(body.length)}\r\n\r\n${body}`;
}

/** With the contact, without which nobody is registered; of a registration that is taken back any provider is content. */
function registered(request: string, answer: string): string {
  const contact = /^Contact: (.*)\r$/m.exec(request)?.[1] ?? "";
  const isTakenBack = /^Expires: 0\r$/m.test(request) || /;expires=0\b/.test(contact);
  return reply(request, isTakenBack ? "200 OK" : answer, [`Contact: ${contact};expires=300`]);
}

describe("honnin doctor, on service, ports and trunk", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    await dir.remove();
  });

  /** The settings of a sound set-up at this trunk. */
  const settings = (trunk: SipPeer, more: Env = {}): Record<string, string> => ({
    ...{ HONNIN_DATA_DIR: dir.path, HONNIN_TRUNK_URI: trunk.uri, HONNIN_CALLER_NUMBER: "0312345678" },
    ...{ HONNIN_DIDS: "0312345678", HONNIN_API_PORT: "0", HONNIN_OPS_PORT: "0", HONNIN_CONSOLE_PORT: "0" },
    ...{ HONNIN_SIP_PORT: "0", HONNIN_MIN_FREE_DISK_MB: "0", ...more },
  });

  /** A service that runs, and what the whole doctor finds of it. */
  async function beside(
    env: Readonly<Record<string, string>>,
    look: (service: HonninCommand) => Promise<void>,
  ): Promise<void> {
    const service = HonninCommand.serve(dir.path, env);
    try {
      await service.logged("honnin is ready");
      await look(service);
    } finally {
      service.signal("SIGTERM");
      await service.ended();
      const left = runningAsterisk(dir.path);
      if (left !== null) process.kill(left, "SIGKILL");
    }
  }

  async function everything(env: Readonly<Record<string, string>>): Promise<readonly Finding[]> {
    const all = await examine(env, dir.path);
    return all.filter(({ id }) => !OF_THE_MACHINE.includes(id));
  }

  async function makeAdmin(): Promise<void> {
    const store = await Store.open(dir.path);
    await store.write((db) => insertAdmin(db, { id: "adm_1", name: "keeper", role: "admin", created_at: 1 }));
    await store.close();
  }

  it("finds nothing of a sound set-up that runs, and that it does not run once it is stopped", async () => {
    await using trunk = await SipPeer.start((request) =>
      withBody(request, `${VOICE}m=audio 4000 RTP/AVP 0 8\r\n`),
    );
    const env = settings(trunk);
    await makeAdmin();
    await beside(env, async () => {
      expect((await everything(env)).map(({ id, seen }) => `${id}: ${seen}`)).to.deep.equal([]);
      const { code, stdout, stderr } = await HonninCommand.run(
        dir.path,
        ["doctor", "--json", "--lang", "en"],
        env,
      );
      const told = JSON.parse(stdout) as { findings: { id: string; severity: string }[] };
      const severe = told.findings.filter(({ severity }) => severity !== "note");
      expect(code, stderr).to.equal(severe.length === 0 ? 0 : 1);
      expect(trunk.requests.some((request) => request.startsWith("OPTIONS "))).to.equal(true);
    });
    expectOnly(await everything(env), "service-down", dir.path);
  });

  it("finds that the trunk refuses our registration, and takes it for lost where it takes it again", async () => {
    let answer = "403 Forbidden";
    await using trunk = await SipPeer.start((request) =>
      request.startsWith("OPTIONS ") ? reply(request, "200 OK") : registered(request, answer),
    );
    const line = {
      HONNIN_TRUNK_USERNAME: "line-1",
      HONNIN_TRUNK_PASSWORD: "s3cret-1",
      HONNIN_TRUNK_REGISTER: "true",
    };
    const env = settings(trunk, line);
    await beside(env, async (service) => {
      await service.logged("trunk trunk refuses our registration (403)");
      const findings = await found(trunkGroup, dir.path, env);
      expectOnly(findings, "registration-refused", "403");
      expect(JSON.stringify(findings)).not.to.contain("s3cret-1");
      answer = "200 OK";
      expectOnly(await found(trunkGroup, dir.path, env), "registration-was-lost");
      const asked = (): number => trunk.requests.filter((one) => one.startsWith("REGISTER ")).length;
      const before = asked();
      const standing = await HonninCommand.run(dir.path, ["trunk", "test", "--lang", "en"], env);
      expect(standing.code, standing.stderr).to.equal(0);
      expect(standing.stdout).to.contain("The registration stands").and.not.contain("we register");
      expect(asked(), "calls that come in go on").to.equal(before);
      const anew = ["trunk", "test", "--register-anew", "--lang", "en"];
      const told = await HonninCommand.run(dir.path, anew, env);
      expect(told.code, told.stderr).to.equal(0);
      expect(told.stdout)
        .to.contain("OPTIONS sip:127.0.0.1")
        .and.contain("we ask whether the trunk is there")
        .and.contain("the trunk is there")
        .and.contain("we register at the trunk")
        .and.contain("SIP/2.0 200 OK  — registered");
    });
  });

  it("finds that the trunk is silent, to OPTIONS and to our registration", async () => {
    await using trunk = await SipPeer.start(() => null);
    const line = {
      HONNIN_TRUNK_USERNAME: "line-1",
      HONNIN_TRUNK_PASSWORD: "s3cret-1",
      HONNIN_TRUNK_REGISTER: "true",
    };
    const env = settings(trunk, line);
    await beside(env, async () => {
      expect(ids(await found(trunkGroup, dir.path, env))).to.deep.equal([
        "trunk-silent",
        "registration-unanswered",
      ]);
      const told = await HonninCommand.run(dir.path, ["trunk", "test", "--lang", "ja"], env);
      expect(told.code).to.equal(1);
      expect(told.stderr).to.contain("トランクから応答がありません。");
    });
  });

  it("tells of a challenge what is wanted, and nothing of the nonce or the digest", async () => {
    await using trunk = await SipPeer.start((request) =>
      request.includes("Authorization: ")
        ? reply(request, "200 OK", ["Expires: 300"])
        : challenge(request, "MD5"),
    );
    const line = {
      HONNIN_TRUNK_USERNAME: "line-1",
      HONNIN_TRUNK_PASSWORD: "s3cret-1",
      HONNIN_TRUNK_REGISTER: "true",
    };
    const env = settings(trunk, line);
    await beside(env, async () => {
      const { code, stdout, stderr } = await HonninCommand.run(
        dir.path,
        ["trunk", "test", "--register-anew", "--lang", "en"],
        env,
      );
      expect(code, stderr).to.equal(0);
      expect(stdout)
        .to.contain("a proof by user and password is wanted")
        .and.contain("Digest algorithm=MD5")
        .and.not.match(/nonce|response=|s3cret/);
    });
  });

  describe("without a service", () => {
    it("asks the trunk itself: silent, unresolved, without a common codec, by another clock, well", async () => {
      let answer: (request: string) => string | null = (request) => reply(request, "200 OK");
      await using trunk = await SipPeer.start((request) => answer(request));
      const look = (): Promise<readonly Finding[]> => found(trunkGroup, dir.path, settings(trunk));
      expect(await look()).to.deep.equal([]);
      answer = (request) =>
        reply(request, "200 OK", [`Date: ${new Date(Date.now() - 7_200_000).toUTCString()}`]);
      expectOnly(await look(), "clock-off", "-720");
      answer = (request) => withBody(request, `${VOICE}m=audio 4000 RTP/AVP 18 9\r\n`);
      expectOnly(await look(), "trunk-without-codec", "G729, G722");
      answer = () => null;
      expectOnly(await look(), "trunk-silent", "OPTIONS");
      const elsewhere = { ...settings(trunk), HONNIN_TRUNK_URI: "sip:trunk.invalid" };
      expectOnly(await found(trunkGroup, dir.path, elsewhere), "trunk-unresolved", "trunk.invalid");
    });

    it("finds by whom a port is taken, and an address that is not here", async () => {
      await using trunk = await SipPeer.start(() => null);
      const holder: Server = createServer().listen(0, "127.0.0.1");
      const voice = createSocket("udp4");
      try {
        await once(holder, "listening");
        voice.bind(0, "127.0.0.1");
        await once(voice, "listening");
        const { port } = holder.address() as { port: number };
        const us = `pid ${String(process.pid)}`;
        for (const name of ["HONNIN_API_PORT", "HONNIN_CONSOLE_PORT", "HONNIN_OPS_PORT"]) {
          const findings = await found(portsGroup, dir.path, settings(trunk, { [name]: String(port) }));
          expectOnly(findings, "port-taken", us);
          expect(findings[0]?.seen).to.contain(name);
        }
        const sip = settings(trunk, { HONNIN_SIP_PORT: String(voice.address().port) });
        expectOnly(await found(portsGroup, dir.path, sip), "port-taken", us);
        const elsewhere = settings(trunk, { HONNIN_API_HOST: "192.0.2.7" });
        expectOnly(await found(portsGroup, dir.path, elsewhere), "address-not-here", "192.0.2.7");
        expect(await found(portsGroup, dir.path, settings(trunk))).to.deep.equal([]);
      } finally {
        holder.close();
        voice.close();
      }
    });

    it("finds that others have the ports for voice", async () => {
      await using trunk = await SipPeer.start(() => null);
      const sockets = [];
      for (let port = 10_000; sockets.length < 60 && port < 20_000; port += 2) {
        const socket = createSocket("udp4");
        const bound = await new Promise<boolean>((resolve) => {
          socket.once("error", () => {
            resolve(false);
          });
          socket.bind(port, "127.0.0.1", () => {
            resolve(true);
          });
        });
        if (bound) sockets.push(socket);
      }
      try {
        const env = settings(trunk, { HONNIN_TRUNK_MAX_CALLS: "4980" });
        expectOnly(await found(portsGroup, dir.path, env), "rtp-ports-taken", "10000-19999");
      } finally {
        for (const socket of sockets) socket.close();
      }
    });
  });

  describe("a service", () => {
    it("that hangs is found to be silent", async () => {
      await using trunk = await SipPeer.start(() => null);
      await beside(settings(trunk), async (service) => {
        service.signal("SIGSTOP");
        try {
          expectOnly(await found(serviceGroup, dir.path), "service-silent", `pid ${String(service.pid)}`);
        } finally {
          service.signal("SIGCONT");
        }
      });
    });
  });
});
