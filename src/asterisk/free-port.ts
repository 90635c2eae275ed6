import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, isIPv6, type AddressInfo } from "node:net";
import { SipPortBusyError } from "./errors.js";

/** A TCP port that is free now on loopback. */
export async function freeTcpPort(): Promise<number> {
  return tryTcp("127.0.0.1", 0);
}

/**
 * Sees that SIP can listen at this port by UDP and by TCP; 0 finds a port that is free for both. Asterisk
 * itself only logs a line when it cannot, and then runs deaf.
 *
 * @throws {SipPortBusyError}
 */
export async function claimableSipPort(host: string, port: number): Promise<number> {
  for (let tries = 0; ; tries++) {
    const chosen = await tryUdp(host, port).catch((error: unknown) => {
      throw new SipPortBusyError(host, port, "UDP", error);
    });
    try {
      return await tryTcp(host, chosen);
    } catch (error) {
      if (port !== 0 || tries === 20) throw new SipPortBusyError(host, chosen, "TCP", error);
    }
  }
}

async function tryUdp(host: string, port: number): Promise<number> {
  const socket = createSocket(isIPv6(host) ? "udp6" : "udp4");
  const listening = once(socket, "listening");
  socket.bind(port, host);
  await listening;
  const chosen = socket.address().port;
  const closed = once(socket, "close");
  socket.close();
  await closed;
  return chosen;
}

async function tryTcp(host: string, port: number): Promise<number> {
  const server = createServer();
  const listening = once(server, "listening");
  server.listen(port, host);
  await listening;
  const chosen = (server.address() as AddressInfo).port;
  const closed = once(server, "close");
  server.close();
  await closed;
  return chosen;
}
