import { chmod, rm } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import path from "node:path";
import { controlSocketDir, controlSocketPlace } from "../asterisk/run-directory.js";
import { tellSip } from "../asterisk/told-sip.js";
import type { Health } from "../http/ops.js";
import { onLines } from "../lines.js";
import { errorText, type Logger } from "../log.js";
import { VERSION } from "../project-dir.js";
import type { Vault } from "../vault/vault.js";
import type { AsteriskLink } from "./asterisk-link.js";
import type { Running } from "./running.js";
import type { Standing } from "./standing.js";

/** Of those who look at the same time. */
const MOST_CONNECTIONS = 8;
/** What somebody who does not read may have waiting, bytes; then he is cut off. */
const MOST_WAITING = 1_000_000;
/** A question has thirty bytes. */
const MOST_ASKED = 1_000;

interface Told {
  readonly health: Health;
  readonly ports: Pick<Standing["ports"], "api" | "ops">;
  readonly vault: Vault;
  readonly sms: () => Standing["sms"];
}

/** The socket of the service of a data directory. */
export function serviceSocketPath(dataDir: string): string {
  return path.join(controlSocketPlace(path.join(dataDir, "run")), "service.sock");
}

/**
 * Tells `honnin doctor` and `honnin trunk test` what only the service knows: how it stands, and the SIP messages of its
 * Asterisk while somebody watches. A socket in a folder of ours alone, for whoever may read that may read the database
 * and its key as well. It answers and changes nothing.
 */
export async function openServiceSocket(
  running: Running,
  { bundled }: AsteriskLink,
  { health, ports, vault, sms }: Told,
): Promise<void> {
  const { settings, log, teardown } = running;
  const sip = bundled?.sipPort ?? settings.sip.port;
  const standing = async (): Promise<Standing> => ({
    ...{ version: VERSION, pid: process.pid, node: process.version },
    ...{ troubles: await health.troubles(), warnings: health.warnings() },
    ports: { ...ports, sip },
    ...{ data_key: presentKey(vault, log), sms: sms() },
    asterisk: bundled === null ? null : { version: bundled.version, pid: bundled.pid },
  });
  const answer = (question: string, socket: Socket): void => {
    if (question === "standing") {
      standing().then(
        (told) => socket.end(line(told)),
        (error: unknown) => {
          log.error("how this service stands cannot be told", { error: errorText(error) });
          socket.destroy();
        },
      );
    } else if (question === "sip" && bundled !== null) {
      const stop = bundled.overheard.watch((copy) => {
        const told = tellSip(copy, sip);
        if (told !== undefined) socket.write(line({ at: new Date(running.clock()).toISOString(), ...told }));
        if (socket.writableLength > MOST_WAITING) socket.destroy();
      });
      socket.once("close", stop);
      socket.write(line({ watching: true }));
    } else socket.end(line({ error: "not_to_be_had" }));
  };
  const server = createServer((socket) => {
    hear(socket, answer);
  });
  server.maxConnections = MOST_CONNECTIONS;
  try {
    await controlSocketDir(path.join(settings.dataDir, "run"));
    await listenAt(server, serviceSocketPath(settings.dataDir));
  } catch (error) {
    // Commands that look are poorer for it; calls are not.
    log.warn("commands cannot ask this service how it stands", { error: errorText(error) });
    return;
  }
  const open = new Set<Socket>();
  server.on("connection", (socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  teardown.add("the socket for commands", async () => {
    for (const socket of open) socket.destroy();
    await new Promise<void>((resolve) =>
      server.close(() => {
        resolve();
      }),
    );
  });
}

/** Whoever asks may have made another, and wants to know whether it was taken up. */
function presentKey(vault: Vault, log: Pick<Logger, "error">): string {
  try {
    vault.refresh();
  } catch (error) {
    log.error("the key file cannot be read again: the key from before is used", { error: errorText(error) });
  }
  return vault.fingerprint;
}

function hear(socket: Socket, answer: (question: string, socket: Socket) => void): void {
  socket.on("error", () => undefined);
  socket.setTimeout(600_000, () => socket.destroy());
  let bytes = 0;
  socket.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MOST_ASKED) socket.destroy();
  });
  let asked = false;
  onLines(socket, (question) => {
    if (asked) return;
    asked = true;
    answer(question.trim(), socket);
  });
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** The one of a service that was killed lies there still: the lock of the data directory says that it is nobody's. */
async function listenAt(server: Server, file: string): Promise<void> {
  await rm(file, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(file, () => {
      server.off("error", reject);
      server.on("error", () => undefined);
      resolve();
    });
  });
  await chmod(file, 0o600);
}
