import type { SipTls } from "../asterisk/render-configuration.js";
import type { Config } from "../config.js";
import { nodeNameOf } from "../node-settings.js";
import { databasePlace } from "../store/dialects.js";
import { versionsDir } from "../prompts/library.js";
import type { CallParts } from "../telephony/call-parts.js";
import { callLimits } from "../telephony/configured-limits.js";
import type { DialerLimits } from "../telephony/dialer-limits.js";
import type { TrunkArrivals } from "../telephony/trunk-arrivals.js";
import { readTestPhones, type RoutingTable } from "../telephony/route.js";
import type { TrunkRoute } from "../telephony/way.js";
import { contactOf } from "../trunks/contact.js";
import { sharingAddresses } from "../trunks/shared-addresses.js";
import type { Gateway } from "../sms/gateway.js";
import type { Trunk } from "../trunks/trunk.js";
import type { ReceiptSettings } from "../receipts/receipts.js";
import type { RetentionTimes } from "../upkeep/retention.js";
import { callPrices, messagePartPrice } from "../usage/call-prices.js";
import { loadTariff } from "../usage/tariff.js";
import type { Tariff } from "../usage/tariff-schema.js";
import { canonicalDid } from "../verification/did.js";
import { keyFileOf } from "../vault/key-file.js";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../verification/durations.js";

/** Who may command an Asterisk. */
export interface AriLogin {
  readonly url: string;
  readonly username: string;
  readonly password: string;
}

/**
 * What the parts of the service take, made of the settings as an administrator writes them: times in milliseconds,
 * and what is unset as the absence that it means.
 */
export interface ServiceSettings {
  readonly dataDir: string;
  /** Versions of prompts. */
  readonly promptsDir: string;
  readonly databaseUrl: string | undefined;
  /** The data key. */
  readonly keyFile: string;
  /** Its name among the nodes. */
  readonly node: string;
  /** Something on each disk that is written to. */
  readonly writtenTo: readonly string[];
  /** Bytes below which nothing is registered. */
  readonly minFreeDisk: number;
  /** An Asterisk of the user's own; null: the bundled one. */
  readonly ownAsterisk: AriLogin | null;
  readonly ariConnector: Config["ariConnector"];
  readonly sip: {
    readonly host: string;
    readonly hostV6: string | undefined;
    readonly port: number;
    readonly tls: SipTls;
    readonly t1Ms: number;
    readonly bMs: number;
  };
  /** Ways to the telephone network. */
  readonly trunks: readonly Trunk[];
  /** Ways out for SMS. */
  readonly gateways: readonly Gateway[];
  readonly routes: RoutingTable<TrunkRoute>;
  /** As they were written; the dialplan has every spelling of them. */
  readonly didSpellings: readonly string[];
  /** Canonical. */
  readonly dids: readonly string[];
  /** How calls that come in by each trunk are read, by its name. */
  readonly arrivals: ReadonlyMap<string, TrunkArrivals>;
  readonly trustAsserted: boolean;
  readonly answerInbound: boolean;
  readonly outboundAllow: readonly string[];
  readonly dialing: DialerLimits;
  readonly calls: CallParts["settings"];
  readonly tariff: Tariff;
  readonly api: {
    readonly host: string;
    readonly port: number;
    readonly tls: Pick<Config, "tlsCert" | "tlsKey">;
    readonly connections: {
      readonly total: number | undefined;
      readonly perAddress: number | undefined;
      readonly trustedProxies: readonly string[];
    };
  };
  readonly console: {
    readonly host: string;
    readonly port: number;
    /** Where people open it; undefined: on this machine. */
    readonly url: string | undefined;
    readonly sessions: { readonly idleMs: number; readonly lifeMs: number };
    /** Whether the demonstration site is there too. */
    readonly demo: boolean;
  };
  readonly opsPort: number;
  /** Collector of traces; undefined: nobody is told. */
  readonly tracesUrl: string | undefined;
  readonly webhookAllowPrivate: boolean;
  readonly eventRetentionMs: number;
  readonly retention: RetentionTimes;
  readonly receipts: ReceiptSettings;
  readonly drainMs: number;
}

/** @throws {ConfigError} for a tariff that cannot be read. */
export function serviceSettings(config: Config): ServiceSettings {
  const { dataDir, databaseUrl } = config;
  const tariff = loadTariff(config.tariff);
  const { trunks } = config;
  const testPhoneLimits = { maxCalls: config.trunkMaxCalls, maxCallsPerSecond: config.trunkMaxCps };
  return {
    dataDir,
    promptsDir: versionsDir(config),
    databaseUrl,
    keyFile: keyFileOf(config),
    node: nodeNameOf(config),
    writtenTo: [...new Set([dataDir, ...databasePlace(dataDir, databaseUrl).folders])],
    minFreeDisk: config.minFreeDiskMb * 1_000_000,
    ownAsterisk: ownAsterisk(config),
    ariConnector: config.ariConnector,
    sip: sipOf(config),
    trunks,
    gateways: config.sms,
    routes: {
      trunks,
      testPhones: readTestPhones(config.testPhones),
    },
    didSpellings: config.dids,
    dids: config.dids.map(canonicalDid),
    arrivals: arrivalsOf(config),
    trustAsserted: config.trustAssertedIdentity,
    answerInbound: config.answerInbound,
    outboundAllow: config.outboundAllow,
    dialing: {
      maxCalls: trunks.reduce((sum, trunk) => sum + trunk.maxCalls, 0) || testPhoneLimits.maxCalls,
      testPhones: testPhoneLimits,
      maxQueueMs: config.maxQueueSeconds * 1000,
    },
    calls: callSettings(config, tariff),
    tariff,
    api: {
      host: config.apiHost,
      port: config.apiPort,
      tls: { tlsCert: config.tlsCert, tlsKey: config.tlsKey },
      connections: {
        total: config.apiMaxConnections,
        perAddress: config.apiMaxConnectionsPerAddress,
        trustedProxies: config.trustedProxies,
      },
    },
    console: {
      host: config.consoleHost,
      port: config.consolePort,
      url: config.consoleUrl,
      sessions: {
        idleMs: config.consoleIdleMinutes * MINUTE_MS,
        lifeMs: config.consoleSessionHours * HOUR_MS,
      },
      demo: config.demo,
    },
    opsPort: config.opsPort,
    tracesUrl: config.tracesUrl,
    webhookAllowPrivate: config.webhookAllowPrivate,
    eventRetentionMs: eventRetentionMs(config),
    retention: retentionTimes(config),
    receipts: receiptSettings(config),
    drainMs: config.drainSeconds * 1000,
  };
}

function retentionTimes(config: Config): RetentionTimes {
  const kept = (days: number): number | undefined => (days === 0 ? undefined : days * DAY_MS);
  return {
    numbersMs: kept(config.retentionNumbersDays),
    recordsMs: kept(config.verificationRetentionDays ?? config.retentionRecordsDays),
    auditMs: kept(config.retentionAuditDays),
  };
}

/** For commands too, which sign beside a service. */
export function receiptSettings(config: Config): ReceiptSettings {
  return {
    issuer: config.receiptIssuer,
    number: config.receiptNumber,
    rotateMs: config.receiptKeyDays * DAY_MS,
    keptMs: config.receiptKeyKeptDays * DAY_MS,
  };
}

/** There are numbers in events: they do not outlive those of their verifications. */
function eventRetentionMs({ eventRetentionDays, retentionNumbersDays }: Config): number {
  const days =
    retentionNumbersDays === 0 ? eventRetentionDays : Math.min(eventRetentionDays, retentionNumbersDays);
  return days * DAY_MS;
}

/** The settings allow no address without a login. */
function ownAsterisk({ ariUrl, ariUsername, ariPassword }: Config): AriLogin | null {
  if (ariUrl === undefined || ariUsername === undefined || ariPassword === undefined) return null;
  return { url: ariUrl, username: ariUsername, password: ariPassword };
}

function sipOf(config: Config): ServiceSettings["sip"] {
  const { sipTlsPort: port, sipTlsCa: ca, sipTlsCert: cert, sipTlsKey: key } = config;
  const certificate = cert === undefined || key === undefined ? undefined : { cert, key };
  return {
    host: config.sipHost,
    hostV6: config.sipHostV6,
    port: config.sipPort,
    tls: { port, ca, ...(certificate === undefined ? {} : { certificate }) },
    t1Ms: config.sipTimerT1Ms,
    bMs: config.sipTimerBMs,
  };
}

function arrivalsOf({ trunks, dids }: Config): Map<string, TrunkArrivals> {
  const groups = sharingAddresses(trunks);
  return new Map(
    trunks.map((trunk) => {
      const { name, didFrom, encryption } = trunk;
      const group = groups.find((names) => names.includes(trunk)) ?? [];
      const byContact = new Map(group.map((one) => [contactOf(one, dids) ?? "", one.name]));
      return [name, { didFrom, encrypts: encryption === "sdes", byContact }];
    }),
  );
}

function callSettings(config: Config, tariff: Tariff): CallParts["settings"] {
  return {
    callerId: config.callerNumber ?? null,
    ringMs: config.ringSeconds * 1000,
    redialPauseMs: config.redialPauseSeconds * 1000,
    maxConversationMs: config.maxConversationSeconds * 1000,
    conversation: {
      firstKeyMs: config.firstKeySeconds * 1000,
      nextKeyMs: config.nextKeySeconds * 1000,
      silencesForgiven: 2,
    },
    limits: {
      maxConsecutiveFailures: config.maxConsecutiveFailures,
      failureLockMs: config.failureLockHours * HOUR_MS,
      maxWrongPins: config.maxWrongPins,
      fraudBlockMs: config.fraudBlockHours * HOUR_MS,
      calls: callLimits(config, callPrices(tariff), messagePartPrice(tariff)),
    },
  };
}
