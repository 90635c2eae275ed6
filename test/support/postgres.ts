import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { spawn, type ChildProcess } from "node:child_process";
import pg from "pg";
import { MIGRATIONS } from "../../src/store/sqlite/migrations.js";
import { postgresAt } from "../../src/store/postgres/postgres-database.js";
import { runBounded } from "../../src/run-bounded.js";
import type { Command } from "../../src/programs/command.js";
import { fetched } from "../phones/programs.js";
import { PATIENCE_MS } from "../phones/waiting.js";

const BIN = "usr/lib/postgresql/15/bin";
const ADMIN = "honnin";
/** Sorts as people do, and not by bytes, as a server of somebody's own may. */
const LOCALE = "--locale=C --encoding=UTF8 --locale-provider=icu --icu-locale=ja".split(" ");
/** PostgreSQL refuses root. In a namespace of users of its own root is another user, for the program alone. */
const AS_ANOTHER = "unshare --user --map-user=1000 --map-group=1000".split(" ");

/** As in production it waits for the disk. It takes a few dozen connections of several stores at once. */
const CONFIGURATION = (dir: string, port: number): string => `
listen_addresses = '127.0.0.1'
port = ${String(port)}
unix_socket_directories = '${dir}'
max_connections = 200
shared_buffers = 32MB
fsync = on
synchronous_commit = on
logging_collector = off
log_min_messages = warning
max_wal_size = 256MB
`;

/** A PostgreSQL server of the tests' own, with a folder of its own, on a free port of loopback. */
export class PostgresServer {
  readonly dir: string;
  readonly port: number;
  readonly #root: string;
  #watch: ChildProcess | undefined;

  private constructor(dir: string, port: number, root: string) {
    this.dir = dir;
    this.port = port;
    this.#root = root;
  }

  static async start(): Promise<PostgresServer> {
    const component = await fetched("postgresql");
    const dir = await mkdtemp(path.join(tmpdir(), "honnin-postgres-"));
    for (const name of ["initdb", "postgres"]) {
      await script(path.join(dir, name), component.command(`${BIN}/${name}`));
    }
    const server = new PostgresServer(dir, await freePort(), component.root);
    const args = ["-D", path.join(dir, "data"), "-U", ADMIN, "--auth=trust", "-L", server.#share, ...LOCALE];
    const [file = "", ...rest] = [...asAnother(), path.join(dir, "initdb"), ...args];
    const made = await runBounded(file, rest, {
      deadlineMs: PATIENCE_MS * 5,
      env: process.env,
      maxBytes: 1e6,
    });
    if (made.code !== 0) throw new Error(`initdb: ${made.stdout.toString()} ${made.stderr}`);
    await writeFile(path.join(dir, "data", "postgresql.conf"), CONFIGURATION(dir, server.port));
    await server.launch();
    return server;
  }

  /** Of the database that a server has before anybody makes one. */
  get url(): string {
    return this.urlOf("postgres");
  }

  urlOf(database: string): string {
    return `postgres://${ADMIN}@127.0.0.1:${String(this.port)}/${database}`;
  }

  /**
   * Starts it; it takes connections then. A shell waits beside it for this process to end, however that comes about, and
   * ends it then.
   */
  async launch(): Promise<void> {
    const command = [...asAnother(), path.join(this.dir, "postgres"), "-D", path.join(this.dir, "data")];
    const text = `${command.map((word) => `'${word}'`).join(" ")} >>'${this.dir}/log' 2>&1 </dev/null & server=$!
      read -r how; kill -\${how:-QUIT} $server; wait $server; test -n "$how" || rm -rf '${this.dir}'`;
    const watch = spawn("sh", ["-c", text], { stdio: ["pipe", "ignore", "ignore"] });
    this.#watch = watch;
    watch.stdin.on("error", () => undefined);
    // What is left running keeps no test from ending.
    watch.unref();
    if (watch.stdin instanceof Socket) watch.stdin.unref();
    await this.#answers();
  }

  /** The process that takes the connections, and those that it has made. */
  async processes(): Promise<number[]> {
    const file = await readFile(path.join(this.dir, "data", "postmaster.pid"), "utf8");
    const parent = Number(file.split("\n")[0]);
    const children = (await readdir("/proc")).map(Number).filter((pid) => parentOf(pid) === parent);
    return [parent, ...children];
  }

  /** Kills it; what was committed is found again. */
  async crash(): Promise<void> {
    const processes = await this.processes();
    await this.#end("KILL");
    // The others end by themselves when they find that out; before that no new one begins.
    while (processes.some((pid) => parentOf(pid) !== undefined)) await delay(20);
  }

  async stop(): Promise<void> {
    await this.#end("QUIT");
    await rm(this.dir, { recursive: true, force: true });
  }

  /** Makes a database with all the tables in it, or with none. @returns its URL. */
  async database(from: "empty" | "made" = "made"): Promise<string> {
    const name = `honnin_${randomUUID().replaceAll("-", "")}`;
    const template = from === "made" ? await (this.#made ??= this.#makeTemplate()) : "template0";
    await this.ask(`create database ${name} template ${template}`);
    return this.urlOf(name);
  }

  #made: Promise<string> | undefined;

  async #makeTemplate(): Promise<string> {
    const url = await this.database("empty");
    const nobody = (): never => {
      throw new Error("the database is not empty");
    };
    const place = postgresAt(url, { migrations: MIGRATIONS, openEmpty: nobody });
    await (await place.open({ onCommit: () => undefined })).close();
    return new URL(url).pathname.slice(1);
  }

  /** Asks something as the administrator of the server. */
  async ask<Row extends pg.QueryResultRow>(text: string, url = this.url): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => undefined);
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  async #end(signal: string): Promise<void> {
    const watch = this.#watch;
    this.#watch = undefined;
    if (watch === undefined) return;
    watch.ref();
    const ended = once(watch, "exit");
    watch.stdin?.end(`${signal}\n`);
    await ended;
  }

  async #answers(): Promise<void> {
    for (const giveUpAt = performance.now() + PATIENCE_MS * 2; ;) {
      try {
        await this.ask("select 1");
        return;
      } catch (error) {
        if (performance.now() > giveUpAt) throw error;
        await delay(50);
      }
    }
  }

  get #share(): string {
    return path.join(this.#root, "usr/share/postgresql/15");
  }
}

let shared: Promise<PostgresServer> | undefined;

/** One for all tests of this process; it ends with it. */
export function sharedPostgres(): Promise<PostgresServer> {
  return (shared ??= PostgresServer.start());
}

/** Its programs start each other by their names: in this folder they are found by their own loader and libraries. */
async function script(file: string, { file: loader, args }: Command): Promise<void> {
  const words = [loader, ...args].map((word) => `'${word}'`).join(" ");
  await writeFile(file, `#!/bin/sh\nexec ${words} "$@"\n`);
  await chmod(file, 0o755);
}

/** Undefined: there is no such process. */
function parentOf(pid: number): number | undefined {
  try {
    // After the name in brackets: state, parent (proc(5)). Who has ended and is not waited for is a zombie.
    const [state, parent] = readFileSync(`/proc/${String(pid)}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return state === "Z" ? undefined : Number(parent);
  } catch {
    return undefined;
  }
}

function asAnother(): readonly string[] {
  return process.getuid?.() === 0 ? AS_ANOTHER : [];
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
