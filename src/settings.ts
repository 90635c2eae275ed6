import { isIPv4 } from "node:net";
import { z } from "zod";
import { LIMIT_SETTINGS } from "./limit-settings.js";
import { number, setting, whole, wholeOrUnset } from "./setting.js";
import { DID_SOURCES, USUAL_DID_SOURCES } from "./verification/called-did.js";

export const DEFAULTS_NOTE = " (`honnin config check --all` lists those there are)";

const port = (fallback: number): z.ZodDefault<z.ZodType<number, string>> => whole(fallback, 0, 65535);
const text = z.string().min(1).optional();
const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")]);
/** A YAML list, or one comma-separated string. */
const list = z
  .union([z.array(z.string()), z.string().transform((value) => value.split(","))])
  .transform((values) => values.map((value) => value.trim()).filter((value) => value !== ""))
  .default([]);
const secret = { secret: true };

/** A port that there is, and no address such as 127.0.0.300, which would be looked up as a name. */
function namesAHost(sipUri: string): boolean {
  const [, host = "", port = "5060"] = /^sip:([^:;]+)(?::(\d+))?/.exec(sipUri) ?? [];
  return Number(port) >= 1 && Number(port) <= 65_535 && (!/^[\d.]+$/.test(host) || isIPv4(host));
}

/** A wider network than any carrier's is a slip of the hand, and 0.0.0.0/0 makes everybody the trunk. */
function isNarrow(network: string): boolean {
  return Number(network.split("/")[1]) >= 16;
}

const PORT = "a port from 0 (any free one) to 65535";

/** Every setting there is. The name in `honnin.yaml` is the key in snake_case. */
export const SETTINGS = {
  dataDir: setting(
    "HONNIN_DATA_DIR",
    z.string().min(1).default("./var"),
    "a folder",
    "everything that has to last",
  ),
  apiHost: setting(
    "HONNIN_API_HOST",
    z.string().min(1).default("127.0.0.1"),
    "an address",
    "where the HTTPS API listens",
  ),
  apiPort: setting("HONNIN_API_PORT", port(8443), PORT, "port of the HTTPS API"),
  apiMaxConnections: setting(
    "HONNIN_API_MAX_CONNECTIONS",
    wholeOrUnset(10, 100_000),
    "10 to 100000",
    "connections to the API at one time",
    { unset: "half of what the process may have open, at most 4096" },
  ),
  apiMaxConnectionsPerAddress: setting(
    "HONNIN_API_MAX_CONNECTIONS_PER_ADDRESS",
    wholeOrUnset(1, 100_000),
    "1 to 100000",
    "of those, from one address (IPv6: one /64)",
    { unset: "half of them" },
  ),
  tlsCert: setting("HONNIN_TLS_CERT", text, "a PEM file", "certificate chain; wants HONNIN_TLS_KEY too", {
    unset: "a self-signed pair is made",
  }),
  tlsKey: setting("HONNIN_TLS_KEY", text, "a PEM file", "private key of the certificate", {
    unset: "as HONNIN_TLS_CERT",
  }),
  opsPort: setting("HONNIN_OPS_PORT", port(9464), PORT, "loopback port of /health/live, /health/ready"),
  sipHost: setting(
    "HONNIN_SIP_HOST",
    z.ipv4().default("127.0.0.1"),
    "an IPv4 address",
    "where SIP and RTP are bound",
  ),
  sipPort: setting(
    "HONNIN_SIP_PORT",
    port(5060),
    PORT,
    "port of SIP: UDP, and TCP where the trunk speaks it",
  ),
  trunkUri: setting(
    "HONNIN_TRUNK_URI",
    z
      .string()
      .regex(/^sip:[A-Za-z0-9.-]+(:\d{1,5})?(;transport=(udp|tcp))?$/)
      .refine(namesAHost)
      .optional(),
    "a SIP URI such as sip:192.0.2.1:5060, with ;transport=tcp for TCP",
    "the carrier or session border controller",
    { unset: "only test phones can be called" },
  ),
  trunkUsername: setting(
    "HONNIN_TRUNK_USERNAME",
    text,
    "text",
    "user at the trunk: of its registration and, unless that has another, of digest authentication",
  ),
  trunkAuthUsername: setting(
    "HONNIN_TRUNK_AUTH_USERNAME",
    text,
    "text",
    "user of digest authentication where it is not that of the registration",
    { unset: "HONNIN_TRUNK_USERNAME" },
  ),
  trunkPassword: setting("HONNIN_TRUNK_PASSWORD", text, "text", "password at the trunk", secret),
  trunkRegister: setting(
    "HONNIN_TRUNK_REGISTER",
    flag.default(false),
    "true or false",
    "register at the trunk",
  ),
  trunkAddresses: setting(
    "HONNIN_TRUNK_ADDRESSES",
    list.pipe(z.array(z.union([z.ipv4(), z.cidrv4().refine(isNarrow)]))),
    "IPv4 addresses and networks of /16 or narrower, comma-separated",
    "where else the trunk's calls come from; whoever sends from there counts as the trunk and is believed",
  ),
  trunkNumberFormat: setting(
    "HONNIN_TRUNK_NUMBER_FORMAT",
    z.enum(["national", "e164"]).default("national"),
    "national or e164",
    "how the trunk wants numbers dialled: 09012345678 or +819012345678",
  ),
  trunkDtmf: setting(
    "HONNIN_TRUNK_DTMF",
    z.enum(["auto", "rfc4733", "inband", "info"]).default("auto"),
    "auto, rfc4733, inband or info",
    "how the trunk sends keys: as telephone events (RFC 4733), tones in the sound or SIP INFO",
  ),
  trunkMaxCalls: setting("HONNIN_TRUNK_MAX_CALLS", whole(30, 1, 10_000), "1 to 10000", "calls at one time"),
  trunkMaxCps: setting("HONNIN_TRUNK_MAX_CPS", number(5, 0.1, 1000), "0.1 to 1000", "new calls a second"),
  callerNumber: setting(
    "HONNIN_CALLER_NUMBER",
    z
      .string()
      .regex(/^\+?\d{1,15}$/)
      .optional(),
    "a telephone number, or the extension that we are at the trunk",
    "the number shown to the called",
  ),
  dids: setting(
    "HONNIN_DIDS",
    list.pipe(z.array(z.string().regex(/^\+?\d{2,15}$/))),
    "telephone numbers, digits only, comma-separated",
    "numbers at which calls arrive",
  ),
  trunkDidFrom: setting(
    "HONNIN_TRUNK_DID_FROM",
    list
      .pipe(z.array(z.enum(DID_SOURCES)))
      .transform((from) => (from.length === 0 ? USUAL_DID_SOURCES : from)),
    `a comma-separated list of ${DID_SOURCES.join(", ")}`,
    "where the trunk puts the DID that was dialled, in order",
  ),
  answerInbound: setting(
    "HONNIN_ANSWER_INBOUND",
    flag.default(true),
    "true or false",
    "answer a call that proves its number by itself (caller_id); false: refuse it, so that it costs nothing",
  ),
  trustAssertedIdentity: setting(
    "HONNIN_TRUST_ASSERTED_IDENTITY",
    flag.default(true),
    "true or false",
    "whether the trunk's P-Asserted-Identity is believed before From",
  ),
  ariUrl: setting(
    "HONNIN_ARI_URL",
    z
      .url({ protocol: /^https?$/ })
      // The password has a setting of its own, which is never shown.
      .refine((url) => URL.canParse(url) && new URL(url).username === "" && new URL(url).password === "")
      .optional(),
    "a URL such as http://127.0.0.1:8088, without user and password",
    "an Asterisk of your own",
    { unset: "the bundled one" },
  ),
  ariConnector: setting(
    "HONNIN_ARI_CONNECTOR",
    z.enum(["auto", "websocket", "ari-client"]).default("auto"),
    "auto, websocket or ari-client",
    "how to talk to Asterisk; auto: by its version, ari-client (an optional package) before 20.14, 21.9, 22.4",
  ),
  ariUsername: setting("HONNIN_ARI_USERNAME", text, "text", "user of that Asterisk's ARI"),
  ariPassword: setting("HONNIN_ARI_PASSWORD", text, "text", "its password", secret),
  databaseUrl: setting(
    "HONNIN_DATABASE_URL",
    z
      .string()
      .regex(/^sqlite:/)
      .optional(),
    "sqlite:PATH",
    "the database",
    { unset: "honnin.db in the data directory" },
  ),
  logLevel: setting(
    "HONNIN_LOG_LEVEL",
    z.enum(["error", "warn", "info", "debug"]).default("info"),
    "error, warn, info or debug",
    "how much is logged",
  ),
  outboundAllow: setting(
    "HONNIN_OUTBOUND_ALLOW",
    list.pipe(z.array(z.string().regex(/^\+\d{1,15}$/))),
    "E.164 prefixes such as +1415, comma-separated",
    "numbers that may be called against the rule",
  ),
  testPhones: setting(
    "HONNIN_TEST_PHONES",
    list.pipe(z.array(z.string().regex(/^\+?\d{8,15}=\d{4}$/))),
    "NUMBER=EXTENSION pairs such as 09012345678=1001, comma-separated",
    "numbers that ring a softphone registered here in place of the trunk; for trying things out only",
  ),
  ringSeconds: setting("HONNIN_RING_SECONDS", whole(40, 1, 180), "1 to 180", "how long a telephone may ring"),
  redialPauseSeconds: setting(
    "HONNIN_REDIAL_PAUSE_SECONDS",
    number(10, 0, 300),
    "0 to 300",
    "pause before a redial",
  ),
  maxQueueSeconds: setting(
    "HONNIN_MAX_QUEUE_SECONDS",
    number(60, 1, 600),
    "1 to 600",
    "wait for a free line, then failed with over_capacity; a call back is given up",
  ),
  firstKeySeconds: setting(
    "HONNIN_FIRST_KEY_SECONDS",
    number(8, 0.2, 60),
    "0.2 to 60",
    "wait for the first key",
  ),
  nextKeySeconds: setting(
    "HONNIN_NEXT_KEY_SECONDS",
    number(5, 0.2, 60),
    "0.2 to 60",
    "wait for each further key",
  ),
  maxConversationSeconds: setting(
    "HONNIN_MAX_CONVERSATION_SECONDS",
    whole(180, 10, 600),
    "10 to 600",
    "longest answered call; then hang-up",
  ),
  maxWrongPins: setting(
    "HONNIN_MAX_WRONG_PINS",
    whole(50, 1, 50),
    "1 to 50",
    "wrong PINs that end the PIN of an enrollment: of proved callers in a row, and of all others together",
  ),
  fraudBlockHours: setting(
    "HONNIN_FRAUD_BLOCK_HOURS",
    number(24, 0, 8760),
    "0 to 8760",
    "no calls of this client to a number that reported fraud",
  ),
  maxConsecutiveFailures: setting(
    "HONNIN_MAX_CONSECUTIVE_FAILURES",
    whole(30, 1, 100),
    "1 to 100",
    "wrong codes in a row of those who have the number, over all verifications, after which it is locked (NIST SP 800-63B-4: at most 100)",
  ),
  failureLockHours: setting(
    "HONNIN_FAILURE_LOCK_HOURS",
    number(24, 0.1, 8760),
    "0.1 to 8760",
    "how long such a lock lasts",
  ),
  ...LIMIT_SETTINGS,
  tariff: setting("HONNIN_TARIFF", text, "a YAML file", "prices for usage", { unset: "the default tariff" }),
  webhookAllowPrivate: setting(
    "HONNIN_WEBHOOK_ALLOW_PRIVATE",
    flag.default(false),
    "true or false",
    "let webhooks go to private and loopback addresses, and over http",
  ),
  eventRetentionDays: setting(
    "HONNIN_EVENT_RETENTION_DAYS",
    whole(30, 1, 3650),
    "1 to 3650",
    "days for which events are kept; those that still wait for a webhook are kept longer",
  ),
  drainSeconds: setting(
    "HONNIN_DRAIN_SECONDS",
    number(60, 0, 600),
    "0 to 600",
    "wait for calls in progress at SIGTERM",
  ),
  sipTimerT1Ms: setting(
    "HONNIN_SIP_TIMER_T1_MS",
    whole(500, 100, 1000),
    "100 to 1000",
    "SIP T1 (RFC 3261 17.1.1.1)",
  ),
  sipTimerBMs: setting(
    "HONNIN_SIP_TIMER_B_MS",
    whole(32_000, 6400, 64_000),
    "6400 to 64000",
    "SIP timer B, at least 64 times T1",
  ),
} as const;

export type SettingKey = keyof typeof SETTINGS;
