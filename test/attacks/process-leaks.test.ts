import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { request } from "node:http";
import { connect } from "node:net";
import path from "node:path";
import { expect } from "chai";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { tempDir } from "../support/temp-dir.js";
import { figure } from "./figures.js";

const SECRET = "trunk-secret-4711";
const CODE = "48291377";

describe("attack: what a process shows to its neighbours", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let service: HonninCommand;
  let sipPort: number;
  let pids: readonly (readonly [who: string, pid: number])[];

  before(async () => {
    await setUp();
    dir = await tempDir();
    service = HonninCommand.serve(dir.path, {
      HONNIN_TRUNK_URI: "sip:127.0.0.1:5099",
      HONNIN_TRUNK_USERNAME: "line",
      HONNIN_TRUNK_PASSWORD: SECRET,
    });
    sipPort = Number((await service.logged("honnin is ready"))["sip"]);
    pids = [
      ["the service", service.pid],
      ["Asterisk", await service.asteriskPid()],
    ];
  });
  after(async () => {
    service.signal("SIGTERM");
    await service.ended();
    await dir.remove();
  });

  it("is no environment with the trunk's password in it, nor any other setting of ours, in Asterisk", () => {
    const [, asterisk] = pids[1]!;
    const environment = readFileSync(`/proc/${asterisk}/environ`, "utf8").split("\0");
    figure(
      "settings of ours in Asterisk's environment",
      environment.filter((each) => each.startsWith("HONNIN_")).length,
    );
    expect(environment.filter((each) => each.startsWith("HONNIN_") || each.includes(SECRET))).to.deep.equal(
      [],
    );
    expect(environment.find((each) => each.startsWith("PATH="))).to.be.a("string");
  });

  it("is no core: neither by the kernel's limit, nor by what a core would hold", () => {
    for (const [who, pid] of pids) {
      expect(readFileSync(`/proc/${pid}/limits`, "utf8"), who).to.match(/^Max core file size +0 +0 /m);
      expect(parseInt(readFileSync(`/proc/${pid}/coredump_filter`, "utf8"), 16), who).to.equal(0);
    }
  });

  it("is no port of SIP over TCP where the trunk does not speak it", async () => {
    const socket = connect(sipPort, "127.0.0.1");
    const outcome = await Promise.race([
      once(socket, "connect").then(() => "connected"),
      once(socket, "error").then(([error]) => (error as NodeJS.ErrnoException).code),
    ]).catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    socket.destroy();
    expect(outcome).to.equal("ECONNREFUSED");
  });

  describe("in the web server inside Asterisk", () => {
    const ari = (): number => {
      const conf = readFileSync(path.join(dir.path, "asterisk/etc/http.conf"), "utf8");
      return Number(/^bindport = (\d+)$/m.exec(conf)?.[1]);
    };
    const ask = (target: string, headers: Record<string, string>): Promise<number> =>
      new Promise((resolve, reject) => {
        const outgoing = request({ host: "127.0.0.1", port: ari(), path: target, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        outgoing.on("upgrade", (_response, socket) => {
          socket.destroy();
          resolve(101);
        });
        outgoing.on("error", reject);
        outgoing.end();
      });
    const websocket = {
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
    };
    const targets = [
      ...[
        "/ws",
        "/WS",
        "/Ws",
        "/wS",
        "/ws/",
        "/ws?x=1",
        "/httpstatus",
        "/static/",
        "/metrics",
        "/manager",
        "/rawman",
      ],
      ...["/ari/events?app=x", "/ari/api-docs/resources.json", "/ari/channels", "/ari/", "/"],
    ];

    for (const target of targets) {
      it(`is nothing without a password at ${target}`, async () => {
        for (const protocol of [undefined, "echo", "ari", "sip"]) {
          const headers = protocol === undefined ? {} : { ...websocket, "sec-websocket-protocol": protocol };
          expect(await ask(target, headers), `${target} ${String(protocol)}`).to.be.oneOf([
            401, 403, 404, 405,
          ]);
        }
      });
    }
  });

  describe("in the list of processes", () => {
    const verify = async (
      args: readonly string[],
      input?: string,
    ): Promise<{ code: number; text: string }> => {
      const child = spawn(
        process.execPath,
        [path.join(PROJECT_DIR, "scripts/honnin.mjs"), "verify", "09012345678", ...args],
        {
          cwd: dir.path,
          env: { PATH: process.env["PATH"], HONNIN_DATA_DIR: dir.path, HONNIN_API_PORT: "1" },
          stdio: ["pipe", "pipe", "pipe"],
        },
      );
      let text = "";
      child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString("utf8")));
      child.stdin.on("error", () => undefined);
      child.stdin.end(input ?? "");
      const [code] = (await once(child, "close")) as [number];
      return { code, text };
    };

    it("is no code: one on the command line is refused, and how to give it is said", async () => {
      for (const args of [["--code", CODE], [`--code=${CODE}`]]) {
        const { code, text } = await verify(args);
        expect(code, text).to.equal(2);
        expect(text).to.contain("standard input").and.not.contain(CODE);
      }
    });

    it("is no code: it is read from standard input, and an empty one is refused", async () => {
      expect(await verify(["--code", "-"], "\n")).to.include({ code: 2 });
      const { code, text } = await verify(["--code", "-"], `${CODE}\n`);
      // Taken, and on the way to an API that is not there.
      expect(code, text).to.equal(4);
      expect(text).to.contain("ECONNREFUSED").and.not.contain(CODE);
    });
  });
});
