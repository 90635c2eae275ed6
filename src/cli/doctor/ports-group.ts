import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer } from "node:net";
import { callsWithPorts, RTP_PORT_COUNT, RTP_PORTS } from "../../asterisk/rtp-ports.js";
import { hasErrorCode } from "../../error-code.js";
import type { Config } from "../../config.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { PORT_FINDINGS } from "./ports-findings.js";
import { type BoundSocket, boundSockets, processName } from "./processes.js";

type Seen = FoundIn<typeof PORT_FINDINGS>;

interface Place {
  readonly setting: string;
  readonly protocol: "tcp" | "udp";
  readonly host: string;
  readonly port: number;
}

/** Whether the ports that we need are ours or free, and whose they are. */
export const portsGroup = group({ ja: "ポート", en: "Ports" }, PORT_FINDINGS, async (patient) => {
  const { config, settings } = patient;
  if (config === null || settings === null) return [];
  const bound = await boundSockets();
  const found: Seen[] = [];
  for (const place of placesOf(config, settings.ownAsterisk === null))
    found.push(...(await judge(place, bound, patient)));
  if (settings.ownAsterisk === null) found.push(...rtp(config, bound, patient));
  return found;
});

function placesOf(config: Config, bundled: boolean): Place[] {
  const tcp = (setting: string, host: string, port: number): Place => ({
    setting,
    protocol: "tcp",
    host,
    port,
  });
  return [
    tcp("HONNIN_API_PORT", config.apiHost, config.apiPort),
    tcp("HONNIN_CONSOLE_PORT", config.consoleHost, config.consolePort),
    tcp("HONNIN_OPS_PORT", "127.0.0.1", config.opsPort),
    ...(bundled
      ? [{ setting: "HONNIN_SIP_PORT", protocol: "udp", host: config.sipHost, port: config.sipPort } as const]
      : []),
  ];
}

async function judge(place: Place, bound: readonly BoundSocket[], patient: Patient): Promise<Seen[]> {
  const { setting, protocol, host, port } = place;
  const where = `${setting}: ${host}:${String(port)} (${protocol})`;
  const error = await tryToBind(place);
  if (error === null) return [];
  if (hasErrorCode(error, "EADDRINUSE")) {
    const holders = bound.filter((one) => one.protocol === protocol && one.port === port);
    if (holders.some(({ pid }) => isOurs(pid, patient))) return [];
    // Whose it is we may not see; ours says that it has it.
    if (
      holders.every(({ pid }) => pid === null) &&
      Object.values(patient.standing?.ports ?? {}).includes(port)
    )
      return [];
    const known = holders.find(({ pid }) => pid !== null)?.pid ?? null;
    return [{ id: "port-taken", seen: `${where}: ${known === null ? "?" : await processName(known)}` }];
  }
  if (hasErrorCode(error, "EACCES")) return [{ id: "port-not-permitted", seen: where }];
  return [{ id: "address-not-here", seen: `${where}: ${codeOf(error)}` }];
}

function isOurs(pid: number | null, { pid: service, standing }: Patient): boolean {
  return pid !== null && (pid === service || pid === standing?.asterisk?.pid);
}

function rtp({ trunkMaxCalls }: Config, bound: readonly BoundSocket[], patient: Patient): Seen[] {
  const taken = new Set(
    bound
      .filter(
        ({ protocol, port, pid }) =>
          protocol === "udp" && port >= RTP_PORTS.start && port <= RTP_PORTS.end && !isOurs(pid, patient),
      )
      .map(({ port }) => port),
  );
  const left = callsWithPorts(RTP_PORT_COUNT - taken.size);
  if (taken.size === 0 || left >= trunkMaxCalls) return [];
  const seen = `${String(RTP_PORTS.start)}-${String(RTP_PORTS.end)}: ${String(taken.size)}; HONNIN_TRUNK_MAX_CALLS=${String(trunkMaxCalls)}`;
  return [{ id: "rtp-ports-taken", seen }];
}

/** @returns why it cannot be had; null: it can. It is given back at once. */
async function tryToBind({ protocol, host, port }: Place): Promise<Error | null> {
  try {
    if (protocol === "udp") {
      const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
      const listening = once(socket, "listening");
      socket.bind(port, host);
      await listening;
      socket.close();
    } else {
      const server = createServer();
      const listening = once(server, "listening");
      server.listen(port, host);
      await listening;
      server.close();
    }
    return null;
  } catch (error) {
    return error as Error;
  }
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : error.message;
}
