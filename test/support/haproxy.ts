import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { freeTcpPort } from "../../src/asterisk/free-port.js";
import { fetched, PROJECT_DIR } from "../phones/programs.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { WatchedProgram } from "./watched-program.js";

const SHIPPED = path.join(PROJECT_DIR, "deploy/haproxy");
const HOST = "127.0.0.1";

export interface BalancedNode {
  /** Port of its API. */
  readonly port: number;
  /** Where its readiness is asked for. */
  readonly healthPort: number;
}

/** A HAProxy of the tests' own, at a free port of 127.0.0.1, with a shipped configuration. */
export class Haproxy {
  readonly port: number;
  readonly #dir: string;
  readonly #program: WatchedProgram;

  private constructor(dir: string, port: number, program: WatchedProgram) {
    this.#dir = dir;
    this.port = port;
    this.#program = program;
  }

  /** Before nodes at 127.0.0.1, called node1, node2 …; resolves when it takes connections. */
  static async balancer(nodes: readonly BalancedNode[]): Promise<Haproxy> {
    const servers = nodes.map(
      ({ port, healthPort }, at) => `\tserver node${at + 1} ${HOST}:${port} port ${healthPort}\n`,
    );
    return Haproxy.#start("haproxy.cfg", (shipped) =>
      shipped
        .replace(/(^\tserver node\d .*\n)+/m, servers.join(""))
        // Quicker than in service.
        .replace("inter 2s fastinter 500ms", "inter 100ms fastinter 50ms"),
    );
  }

  /** On a node, before its ops port. */
  static async health(opsPort: number): Promise<Haproxy> {
    return Haproxy.#start("node-health.cfg", (shipped) =>
      shipped.replace("127.0.0.1:9464", `${HOST}:${opsPort}`),
    );
  }

  /** What `haproxy -c` says of a shipped file; empty: nothing is wrong with it. */
  static async complaints(name: "haproxy.cfg" | "node-health.cfg"): Promise<string> {
    const { file, args } = (await fetched("haproxy")).command("usr/sbin/haproxy");
    const child = spawn(file, [...args, "-c", "-q", "-f", path.join(SHIPPED, name)], {
      stdio: ["ignore", "ignore", "pipe"],
    });
    const ended = once(child, "exit");
    const said = await text(child.stderr);
    await ended;
    return child.exitCode === 0 ? said : `${said} (${String(child.exitCode)})`;
  }

  static async #start(name: string, change: (shipped: string) => string): Promise<Haproxy> {
    const { file, args } = (await fetched("haproxy")).command("usr/sbin/haproxy");
    const dir = await mkdtemp(path.join(tmpdir(), "honnin-haproxy-"));
    const port = await freeTcpPort();
    const configuration = change(await readFile(path.join(SHIPPED, name), "utf8"))
      .replace(/bind 192\.0\.2\.\d+:\d+/, `bind ${HOST}:${port}`)
      .replaceAll("/run/haproxy/admin.sock", path.join(dir, "admin.sock"))
      .replace("log /dev/log", "log stderr format raw");
    await writeFile(path.join(dir, name), configuration);
    // -db: in the foreground, one process.
    const log = path.join(dir, "log");
    const program = await WatchedProgram.start(file, [...args, "-db", "-f", path.join(dir, name)], log);
    const haproxy = new Haproxy(dir, port, program);
    const takes = async (): Promise<boolean> => {
      if (program.hasEnded) throw new Error(`HAProxy did not start: ${await readFile(log, "utf8")}`);
      const socket = createConnection(port, HOST);
      const [taken] = await Promise.race([
        once(socket, "connect").then(() => [true]),
        once(socket, "error").then(() => [false]),
      ]).catch(() => [false]);
      socket.destroy();
      return taken === true;
    };
    await poll(takes, PATIENCE_MS, "HAProxy to start");
    return haproxy;
  }

  /** Waits until it takes a node for ready, or for not ready. */
  async reaches(node: string, state: "UP" | "DOWN"): Promise<void> {
    const isSo = async (): Promise<boolean> => {
      const socket = createConnection(path.join(this.#dir, "admin.sock"));
      socket.end("show stat\n");
      const rows = (await text(socket)).split("\n").map((line) => line.split(","));
      // CSV; status is column 18 (management guide, section 9.1). "UP 1/2" is on its way down.
      return rows.some((row) => row[1] === node && row[17] === state);
    };
    await poll(isSo, PATIENCE_MS, `${node} to be ${state}`);
  }

  async stop(): Promise<void> {
    await this.#program.stop();
    await rm(this.#dir, { recursive: true, force: true });
  }
}
