import type { Clock } from "../../clock.js";
import type { Logger } from "../../log.js";
import type { Gateway } from "../gateway.js";
import { readGatewayUrl } from "../gateway-url.js";
import { HttpGateway } from "../http/http-gateway.js";
import { mannerOf } from "../http/manners/manner-of.js";
import { ReportDoor } from "../http/report-door.js";
import { SmppGateway } from "../smpp/smpp-gateway.js";
import type { OnReport } from "../sms-sender.js";
import { authoritiesOf } from "./authorities.js";
import { FailoverSender } from "./failover-sender.js";
import { GatewayReports, type ReportEnded } from "./gateway-reports.js";
import type { TakeTurns } from "./sending-turns.js";
import type { HandedOver, Way } from "./way.js";

export interface GatewayParts {
  readonly gateways: readonly Gateway[];
  readonly onReport: OnReport;
  readonly log: Logger;
  readonly clock: Clock;
  /** Of a gateway without a secret of its own: what stands for it in the path of its reports. Always the same. */
  readonly reportToken: (gateway: string) => string;
  /** Of a gateway that others use too, on one database; undefined: nobody does. */
  readonly takeTurnsAt?: ((gateway: Gateway) => TakeTurns) | undefined;
  readonly onHandedOver?: (gateway: string, kind: HandedOver["kind"], ms: number) => void;
  readonly onReportEnd?: (gateway: string, end: ReportEnded) => void;
}

export interface OpenGateways {
  readonly sender: FailoverSender;
  /** Where the reports of gateways by HTTP come in. */
  readonly reports: ReportDoor;
}

/**
 * Opens the ways out for messages. Links are made and kept up from now on; a gateway that cannot be reached is no reason
 * not to start.
 *
 * @throws {ConfigError} for authorities that cannot be read.
 */
export function openGateways(parts: GatewayParts): OpenGateways {
  const { gateways, log, clock, onHandedOver, onReportEnd } = parts;
  const inOrder = [...gateways].sort((a, b) => a.order - b.order);
  const door = new ReportDoor({ log, onReportEnd });
  const ways: readonly Way[] = inOrder.map((gateway) => {
    const url = readGatewayUrl(gateway.url);
    const ca = authoritiesOf(gateway);
    const takeTurns = parts.takeTurnsAt?.(gateway);
    const reports = new GatewayReports(gateway.name, parts.onReport);
    if (url?.kind === "smpp") {
      const place = { host: url.host, port: url.port, tls: url.tls ? { ca } : null };
      const onReport = (end: ReportEnded): void => onReportEnd?.(gateway.name, end);
      return new SmppGateway({ gateway, place, reports, log, clock, onReport, takeTurns });
    }
    const manner = mannerOf(gateway);
    const token = gateway.reportToken ?? parts.reportToken(gateway.name);
    const reportUrl = door.add({ gateway, manner, reports, token });
    return new HttpGateway({ gateway, manner, reports, reportUrl, ca, clock, takeTurns });
  });
  const sender = new FailoverSender({ ways, log, clock, ...(onHandedOver && { onHandedOver }) });
  return { sender, reports: door };
}
