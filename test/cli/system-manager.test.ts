import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, writeFile } from "node:fs/promises";
import path from "node:path";
import { SystemManager } from "../../src/cli/system-manager.js";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";
import { capturedLog } from "../support/quiet-log.js";
import { systemdProgram } from "../support/systemd.js";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, setUp } from "./honnin-command.js";

/** Node has no such sockets; perl-base is on every Debian. */
const LISTENER = `
  use Socket; $| = 1;
  socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die; bind($socket, sockaddr_un($ARGV[0])) or die;
  print "listening\\n";
  while (defined recv($socket, my $told, 4096, 0)) { print "$told\\n" }`;

/** What systemd would be told: the datagrams that arrive at a socket of its kind. */
class Told {
  readonly socket: string;
  readonly #child: ChildProcess;
  readonly #room = new WaitingRoom();
  #text = "";

  private constructor(socket: string) {
    this.socket = socket;
    this.#child = spawn("perl", ["-e", LISTENER, socket], { stdio: ["ignore", "pipe", "inherit"] });
    this.#child.stdout?.on("data", (chunk: Buffer) => {
      this.#text += chunk.toString();
      this.#room.look();
    });
  }

  static async at(folder: string): Promise<Told> {
    const told = new Told(path.join(folder, "notify"));
    await told.of("listening", 1);
    return told;
  }

  /** Waits until it was told so often. */
  async of(state: string, times: number): Promise<void> {
    const enough = (): true | undefined => (this.#count(state) >= times ? true : undefined);
    await this.#room.until(enough, PATIENCE_MS, `${state}, ${times} times`);
  }

  get states(): string[] {
    // Newer ones ask after each whether it has arrived.
    return this.#text
      .split("\n")
      .slice(1, -1)
      .filter((state) => state !== "BARRIER=1");
  }

  async close(): Promise<void> {
    const closed = once(this.#child, "close");
    this.#child.kill();
    await closed;
  }

  #count(state: string): number {
    return this.#text.split("\n").filter((line) => line === state).length;
  }
}

describe("what systemd is told", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let told: Told;

  const { PATH } = process.env;

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
    await putOnPath("systemd-notify");
    told = await Told.at(dir.path);
  });

  afterEach(async () => {
    process.env["PATH"] = PATH;
    await told.close();
    await dir.remove();
  });

  /** That of a machine on which systemd is installed; this one need not be. */
  async function putOnPath(name: string): Promise<void> {
    const { file, args } = await systemdProgram(name);
    const script = path.join(dir.path, name);
    await writeFile(script, `#!/bin/sh\nexec ${[file, ...args].join(" ")} "$@"\n`);
    await chmod(script, 0o755);
    process.env["PATH"] = `${dir.path}:${PATH ?? ""}`;
  }

  it("is that the service is ready, that it is alive, again and again, and that it stops", async () => {
    const service = HonninCommand.serve(dir.path, { NOTIFY_SOCKET: told.socket, WATCHDOG_USEC: "300000" });
    try {
      await told.of("READY=1", 1);
      expect(service.stderr, "not before it is").to.contain("honnin is ready");
      await told.of("WATCHDOG=1", 3);
      service.signal("SIGTERM");
      await told.of("STOPPING=1", 1);
      expect((await service.ended()).code).to.equal(0);
      expect(told.states[0], "Asterisk tells nothing of itself").to.equal("READY=1");
      expect(new Set(told.states)).to.deep.equal(new Set(["READY=1", "WATCHDOG=1", "STOPPING=1"]));
    } finally {
      service.signal("SIGKILL");
    }
  });

  it("is nothing of its life where another process is watched", async () => {
    const { log } = capturedLog();
    const env = { NOTIFY_SOCKET: told.socket, WATCHDOG_USEC: "1000", WATCHDOG_PID: "1" };
    const manager = new SystemManager(env, log);
    await manager.ready();
    await manager.stopping();
    manager.close();
    await told.of("STOPPING=1", 1);
    expect(told.states).to.deep.equal(["READY=1", "STOPPING=1"]);
  });

  it("is an error in the log, once, where it cannot be told", async () => {
    const { log, text } = capturedLog();
    const manager = new SystemManager({ NOTIFY_SOCKET: path.join(dir.path, "gone") }, log);
    await manager.ready();
    await manager.stopping();
    expect(text().match(/systemd cannot be told/g)).to.have.length(1);
  });

  for (const [kept, env] of [
    ["the journal", { JOURNAL_STREAM: "8:1" }],
    ["the log of a container", { container: "oci" }],
  ] as const)
    it(`keeps the link to the console's first account out of ${kept}`, async () => {
      const service = HonninCommand.serve(dir.path, env);
      try {
        await service.said("honnin admin create --role admin");
        expect(service.stderr).not.to.contain("/welcome#");
        service.signal("SIGUSR2");
        service.signal("SIGTERM");
        expect((await service.ended()).code).to.equal(0);
      } finally {
        service.signal("SIGKILL");
      }
    });
});
