import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import path from "node:path";
import { expect } from "chai";
import { HonninCommand, runningAsterisk, setUp } from "../cli/honnin-command.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { HttpsClient } from "../support/https-client.js";
import { tempDir } from "../support/temp-dir.js";
import { figure } from "./figures.js";

const DESCRIPTORS = 1024;
const SILENT = 1100;
const FREE_PORTS = {
  HONNIN_API_PORT: "0",
  HONNIN_OPS_PORT: "0",
  HONNIN_CONSOLE_PORT: "0",
  HONNIN_SIP_PORT: "0",
};

describe("attack: connections that never say a word", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let service: HonninCommand;
  let api: HttpsClient;
  let port: number;
  let health: string;
  const silent: Socket[] = [];

  before(async () => {
    await setUp();
    dir = await tempDir();
    const program = [process.execPath, path.join(PROJECT_DIR, "scripts/honnin.mjs")] as const;
    service = new HonninCommand(dir.path, ["serve"], FREE_PORTS, [
      "prlimit",
      `--nofile=${DESCRIPTORS}:${DESCRIPTORS}`,
      ...program,
    ]);
    const ready = await service.logged("honnin is ready");
    health = `http://127.0.0.1:${String(ready["ops"])}/health/ready`;
    const url = new URL(String(ready["api"]));
    port = Number(url.port);
    const made = await HonninCommand.run(dir.path, ["key", "create", "--client", "shop", "--json"]);
    const { key } = JSON.parse(made.stdout) as { key: string };
    api = new HttpsClient(url.origin, key, path.join(dir.path, "tls/cert.pem"));
  });
  after(async () => {
    for (const socket of silent) socket.destroy();
    api.close();
    service.signal("SIGTERM");
    await service.ended();
    await dir.remove();
  });

  /** Resolves when the system has made the connection; that it is closed again is no news. */
  const hold = async (): Promise<void> => {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    silent.push(socket);
    await new Promise<void>((resolve) => {
      for (const event of ["connect", "close"]) socket.once(event, resolve);
    });
  };
  const gone = (socket: Socket): Promise<void> =>
    new Promise((resolve) => {
      if (socket.closed) resolve();
      else
        socket.once("close", () => {
          resolve();
        });
    });

  it("leave room for a client with a key, for health and for the link to Asterisk", async () => {
    const asterisk = runningAsterisk(dir.path);
    for (let opened = 0; opened < SILENT; opened += 100) {
      await Promise.all(Array.from({ length: 100 }, hold));
    }
    expect((await api.get("/v1/verifications")).status).to.equal(200);
    const pid = Number(readFileSync(path.join(dir.path, "service.pid"), "utf8"));
    const used = readdirSync(`/proc/${pid}/fd`).length;
    figure(`descriptors of ${DESCRIPTORS} in use under ${SILENT} silent connections`, used);
    expect(used).to.be.below(DESCRIPTORS - 200);
    const ready = await fetch(health, { signal: AbortSignal.timeout(20_000) });
    expect(ready.status).to.equal(200);
    expect(runningAsterisk(dir.path), "the same Asterisk").to.equal(asterisk);
  });

  it("are closed, every one of them, though the other side never would", async () => {
    await Promise.all(silent.map(gone));
    figure("silent connections left when their time was over", silent.filter(({ closed }) => !closed).length);
    expect((await api.get("/v1/verifications")).status).to.equal(200);
  });
});
