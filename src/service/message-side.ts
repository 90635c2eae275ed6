import { takeTurnsAtGateway } from "../acts/shared-limits.js";
import { errorText, type Logger } from "../log.js";
import type { Membership } from "../nodes/membership.js";
import { Messages } from "../messages/messages.js";
import { Reports } from "../messages/reports.js";
import { UnderWay } from "../messages/under-way.js";
import type { Gateway } from "../sms/gateway.js";
import type { GatewayStanding } from "../sms/gateway-standing.js";
import { openGateways } from "../sms/sending/open-gateways.js";
import type { TakeTurns } from "../sms/sending/sending-turns.js";
import type { ReportDoor } from "../sms/http/report-door.js";
import type { Store } from "../store/store.js";
import { OwedWrites } from "../telephony/owed-writes.js";
import type { Running } from "./running.js";

/** Messages out, and what gateways tell of them. */
export class MessageSide {
  readonly #running: Running;
  readonly #messages: Messages | null;
  /** Where the reports of gateways by HTTP come in; null: no gateway is configured. */
  readonly reports: ReportDoor | null;

  /** How the gateways stand, in their order. */
  readonly standings: () => readonly GatewayStanding[];

  private constructor(
    running: Running,
    messages: Messages | null,
    reports: ReportDoor | null,
    standings: () => readonly GatewayStanding[],
  ) {
    this.#running = running;
    this.standings = standings;
    running.metrics.messages.watch(standings, () => reports?.refused ?? 0);
    this.#messages = messages;
    this.reports = reports;
  }

  /** @throws {ConfigError} for authorities of a gateway that cannot be read. */
  static open(running: Running, store: Store, membership: Membership): MessageSide {
    const { settings, log, clock, metrics, teardown } = running;
    const { gateways } = settings;
    if (gateways.length === 0) return new MessageSide(running, null, null, () => []);
    const owed = new OwedWrites(log);
    teardown.add("owed writes of messages", () => owed.stop());
    const underWay = new UnderWay();
    const reports = new Reports({ store, clock, log, owed, underWay });
    const { vault } = store;
    const open = openGateways({
      ...{ gateways, log, clock },
      onReport: (report) => reports.take(report),
      onHandedOver: metrics.messages.onHandedOver,
      onReportEnd: metrics.messages.onReportEnd,
      takeTurnsAt: store.isShared ? (gateway) => sharedTurns(store, gateway, log) : undefined,
      reportToken: (name) => vault.hashRequest(`sms reports ${name}`).toString("base64url"),
    });
    const standings = (): readonly GatewayStanding[] => open.sender.standings();
    teardown.add("the SMS gateways", () => open.sender.close());
    const mayAct = (): boolean => membership.counts;
    const parts = { store, clock, log, owed, underWay, mayAct, limits: settings.calls.limits };
    return new MessageSide(running, new Messages(parts, open.sender), open.reports, standings);
  }

  /** Whether messages can be sent at all. */
  get available(): boolean {
    return this.#messages !== null;
  }

  async start(): Promise<void> {
    const messages = this.#messages;
    if (messages === null) return;
    this.#running.teardown.add("messages", () => messages.stop());
    await messages.start();
  }
}

/** While the database gives no turns, it is asked again after so long, milliseconds. */
const ASK_AGAIN_MS = 500;

/** Turns at a gateway that other nodes use too. */
function sharedTurns(store: Store, gateway: Gateway, log: Logger): TakeTurns {
  return async (most, leadMs) => {
    try {
      return await takeTurnsAtGateway(store, gateway, most, leadMs);
    } catch (error) {
      log.warn("no turns at the SMS gateway were to be had", {
        gateway: gateway.name,
        error: errorText(error),
      });
      return { kind: "later", inMs: ASK_AGAIN_MS };
    }
  };
}
