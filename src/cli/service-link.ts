import { connect, type Socket } from "node:net";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { askAsterisk } from "../asterisk/control-socket.js";
import { controlSocketPlace, isOursAlone } from "../asterisk/run-directory.js";
import type { ToldSip } from "../asterisk/told-sip.js";
import { onLines } from "../lines.js";
import { serviceSocketPath } from "../service/service-socket.js";
import type { Standing } from "../service/standing.js";
import { CommandError, EXIT } from "./exit-codes.js";

const ANSWER_MS = 10_000;

/** A SIP message that the service has told of, and when. */
export interface SeenSip extends ToldSip {
  readonly at: string;
}

/** How the service of a data directory stands; null: none runs, or it does not answer. */
export async function askStanding(dataDir: string): Promise<Standing | null> {
  const socket = await connectTo(dataDir).catch(() => null);
  if (socket === null) return null;
  try {
    const [line] = await linesOf(socket, "standing", 1);
    return line === undefined ? null : (JSON.parse(line) as Standing);
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

/** The process that the service said it is, if it still runs; null: it was ended, or never ran. */
export async function servicePid(dataDir: string): Promise<number | null> {
  const pid = Number(await readFile(path.join(dataDir, "service.pid"), "utf8").catch(() => ""));
  if (!Number.isSafeInteger(pid) || pid < 2) return null;
  // The number may long be another program's.
  const line = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
  return line.includes("honnin") ? pid : null;
}

/** Watches the SIP messages of a running service's Asterisk. */
export class SipWatch {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Resolves when no later message can be missed.
   *
   * @throws {CommandError} where no service runs, or its Asterisk shows no SIP.
   */
  static async start(dataDir: string, onMessage: (seen: SeenSip) => void): Promise<SipWatch> {
    const socket = await connectTo(dataDir).catch(() => {
      throw new CommandError("the service does not run, or it is another version's", EXIT.unavailable);
    });
    const watching = new Promise<boolean>((resolve) => {
      onLines(socket, (line) => {
        const told = JSON.parse(line) as SeenSip | { watching?: true; error?: string };
        if ("firstLine" in told) onMessage(told);
        else resolve(told.watching === true);
      });
      socket.once("close", () => {
        resolve(false);
      });
      socket.setTimeout(ANSWER_MS, () => {
        resolve(false);
      });
    });
    socket.write("sip\n");
    const taken = await watching;
    socket.setTimeout(0);
    if (taken) return new SipWatch(socket);
    socket.destroy();
    throw new CommandError("an Asterisk of your own does not show its SIP messages here", EXIT.unavailable);
  }

  stop(): void {
    this.#socket.destroy();
  }
}

/** What the bundled Asterisk of a data directory says to a command of its console. @throws when none runs. */
export function askBundledAsterisk(dataDir: string, command: string): Promise<string> {
  return askAsterisk(
    path.join(controlSocketPlace(path.join(dataDir, "asterisk", "run")), "asterisk.ctl"),
    command,
  );
}

async function connectTo(dataDir: string): Promise<Socket> {
  const file = serviceSocketPath(dataDir);
  if (!existsSync(file)) throw new Error("there is no socket");
  // Elsewhere than in the data directory anybody could have put it there.
  if (!file.startsWith(dataDir) && !(await isOursAlone(path.dirname(file))))
    throw new Error("it is not ours");
  return new Promise((resolve, reject) => {
    const socket = connect(file, () => {
      socket.off("error", reject);
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

function linesOf(socket: Socket, question: string, many: number): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const lines: string[] = [];
    const done = (): void => {
      resolve(lines);
    };
    socket.setTimeout(ANSWER_MS, done);
    socket.once("close", done);
    onLines(socket, (line) => {
      lines.push(line);
      if (lines.length === many) done();
    });
    socket.write(`${question}\n`);
  });
}
