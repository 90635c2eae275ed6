import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import type { EventUpgrade } from "../../http/event-upgrade.js";
import { originForm } from "../../http/request-target.js";
import { errorText } from "../../log.js";
import type { ConsoleParts } from "../console-parts.js";
import { Refusal } from "../refusal.js";
import type { PhoneParts } from "./phone-parts.js";
import { phoneUser } from "./phone-user.js";
import { Registrations } from "./registrations.js";
import { RelayedPhone } from "./relayed-phone.js";

const PATH = "/phone/ws";
/** RFC 7118 section 3. */
const SUBPROTOCOL = "sip";
const LIMITS = {
  sockets: 10,
  /** A browser's INVITE with all its candidates has 4 KB. */
  messageBytes: 16 * 1024,
  idleMs: 300_000,
  lookEveryMs: 20_000,
  handshakeMs: 5_000,
};
export type PhoneRelayLimits = typeof LIMITS;
/** For the other side to take a refusal. */
const REFUSAL_MS = 2_000;

/**
 * `wss://…/phone/ws`: SIP between browsers and Asterisk's own WebSocket, on the console's address and with its
 * certificate. It says who may; Asterisk asks for the telephone's password all the same.
 */
export function createPhoneRelay(
  parts: ConsoleParts,
  phone: PhoneParts,
  changed: Partial<PhoneRelayLimits> = {},
): EventUpgrade {
  const { log } = parts;
  const limits = { ...LIMITS, ...changed };
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    handleProtocols: () => SUBPROTOCOL,
  });
  const registrations = new Registrations(phone.inBrowser);
  const phones = new Set<RelayedPhone>();
  let opening = 0;
  let closing = false;

  const admit = async (request: IncomingMessage): Promise<void> => {
    const [path] = (originForm(request.url) ?? "").split("?");
    if (path !== PATH) throw new Refusal("not_found", "no such path");
    await phoneUser(parts, phone, request);
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
    if (!offered.includes(SUBPROTOCOL)) throw new Refusal("invalid_request", "the subprotocol is sip");
    if (closing) throw new Refusal("busy", "the service is stopping");
    if (phones.size + opening >= limits.sockets) {
      throw new Refusal("busy", `at most ${String(limits.sockets)} telephones at one time`);
    }
  };

  const open = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    await admit(request);
    opening += 1;
    try {
      const asterisk = await callAsterisk(phone, limits);
      // Its callback comes before it returns, or never: what is no handshake it answers by itself.
      const before = phones.size;
      server.handleUpgrade(request, socket, head, (browser) => {
        const mayStay = (): Promise<boolean> => stillAdmitted(parts, phone, request);
        const relayed = new RelayedPhone(browser, asterisk, { ...limits, registrations, mayStay });
        phones.add(relayed);
        browser.on("close", () => phones.delete(relayed));
      });
      if (phones.size === before) asterisk.terminate();
      // A stop that was asked for meanwhile has closed what there was.
      if (closing) for (const one of phones) one.close();
    } finally {
      opening -= 1;
    }
  };

  return {
    upgrade(request, socket, head) {
      const onError = (error: Error): void => {
        log.debug("the WebSocket of a telephone broke", { error: error.message });
      };
      socket.on("error", onError);
      open(request, socket, head).then(
        () => socket.off("error", onError),
        (error: unknown) => {
          const refusal = error instanceof Refusal ? error : null;
          if (refusal === null) log.error("the WebSocket of a telephone failed", { error: errorText(error) });
          refuse(socket, refusal ?? new Refusal("internal_error", "the error was logged"));
        },
      );
    },
    async close() {
      closing = true;
      const gone = [...server.clients].map((browser) => once(browser, "close"));
      for (const relayed of phones) relayed.close();
      await Promise.all(gone);
      server.close();
    },
  };
}

/** @throws {Refusal} `busy` while Asterisk is away: the browser tries again by itself. */
async function callAsterisk({ socket }: PhoneParts, limits: PhoneRelayLimits): Promise<WebSocket> {
  const asterisk = new WebSocket(socket.url, SUBPROTOCOL, {
    localAddress: socket.localAddress,
    handshakeTimeout: limits.handshakeMs,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
  });
  try {
    await once(asterisk, "open");
  } catch {
    throw new Refusal("busy", "Asterisk does not answer");
  }
  return asterisk;
}

async function stillAdmitted(
  parts: ConsoleParts,
  phone: PhoneParts,
  request: IncomingMessage,
): Promise<boolean> {
  try {
    await phoneUser(parts, phone, request, false);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** No response object exists at an upgrade: the answer is written by hand. */
function refuse(socket: Duplex, { status, code, message: detail }: Refusal): void {
  const body = JSON.stringify({ code, detail });
  socket.once("finish", () => socket.destroy());
  setTimeout(() => socket.destroy(), REFUSAL_MS).unref();
  socket.end(
    [
      `HTTP/1.1 ${String(status)} Refused`,
      "Content-Type: application/json",
      `Content-Length: ${String(Buffer.byteLength(body))}`,
      "Cache-Control: no-store",
      "Connection: close",
      "",
      body,
    ].join("\r\n"),
  );
}
