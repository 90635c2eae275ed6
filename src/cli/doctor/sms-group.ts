import { lookup } from "node:dns/promises";
import { errorText } from "../../log.js";
import type { Gateway } from "../../sms/gateway.js";
import type { GatewayStanding } from "../../sms/gateway-standing.js";
import { type GatewayUrl, isLoopback, readGatewayUrl } from "../../sms/gateway-url.js";
import { authoritiesOf } from "../../sms/sending/authorities.js";
import { openSocket, SmppLinkError } from "../../sms/smpp/smpp-socket.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { SMS_FINDINGS } from "./sms-findings.js";

type Seen = FoundIn<typeof SMS_FINDINGS>;

const CONNECT_MS = 5_000;

/** The ways out for messages: their names, their doors, what the service says of them. Nothing is sent. */
export const smsGroup = group(
  { ja: "SMS ゲートウェイ", en: "SMS gateways" },
  SMS_FINDINGS,
  async ({ settings, standing }) =>
    (await Promise.all((settings?.gateways ?? []).map((gateway) => look(gateway, standing)))).flat(),
);

async function look(gateway: Gateway, standing: Patient["standing"]): Promise<Seen[]> {
  const { name } = gateway;
  const url = readGatewayUrl(gateway.url);
  if (url === null) return [];
  const { host, kind, tls } = url;
  const found: Seen[] = [];
  if (kind === "smpp" && !tls && !isLoopback(host))
    found.push({ id: "sms-in-clear", seen: `${name}: ${host}` });
  if (kind === "http" && gateway.publicUrl === undefined && gateway.reportToken === undefined)
    found.push({ id: "sms-without-reports", seen: name });
  const told = standing?.sms.find((one) => one.name === name);
  if (told?.state === "up") return found;
  return [...found, ...((await behindDoor(gateway, url)) ?? ofStanding(told))];
}

/** null: the door is open. */
async function behindDoor(gateway: Gateway, { host, port, tls }: GatewayUrl): Promise<Seen[] | null> {
  const { name } = gateway;
  try {
    await lookup(host);
  } catch (error) {
    return [{ id: "sms-unresolved", seen: `${name}: ${host}: ${errorText(error)}` }];
  }
  try {
    const socket = await openSocket(
      { host, port, tls: tls ? { ca: authoritiesOf(gateway) } : null },
      CONNECT_MS,
    );
    socket.destroy();
    return null;
  } catch (error) {
    const code = error instanceof SmppLinkError ? error.code : errorText(error);
    return [{ id: "sms-unreachable", seen: `${name}: ${host}:${String(port)}, ${code}` }];
  }
}

function ofStanding(told: GatewayStanding | undefined): Seen[] {
  if (told === undefined || told.state === "up") return [];
  return [{ id: `sms-${told.state}`, seen: `${told.name}: ${told.why ?? "?"}` }];
}
