import { isIpBlock } from "./clients/ip-blocks.js";
import { z } from "zod";
import { CONSOLE_SETTINGS } from "./console-settings.js";
import { LIMIT_SETTINGS } from "./limit-settings.js";
import { NODE_SETTINGS } from "./node-settings.js";
import { RECEIPT_SETTINGS } from "./receipt-settings.js";
import { RETENTION_SETTINGS } from "./retention-settings.js";
import { flag, list, number, secret, setting, text, whole, wholeOrUnset } from "./setting.js";
import { SIP_SETTINGS } from "./sip-settings.js";
import { SMS_SETTINGS } from "./sms-settings.js";
import { TRUNK_SETTINGS } from "./trunk-settings.js";

export const DEFAULTS_NOTE = " (`honnin config check --all` lists those there are)";

const port = (fallback: number): z.ZodDefault<z.ZodType<number, string>> => whole(fallback, 0, 65535);
const PORT = "a port from 0 (any free one) to 65535";

/** A database of one of the kinds that there are. */
export const DATABASE_URL = /^(sqlite|postgres|postgresql):/;

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
  trustedProxies: setting(
    "HONNIN_TRUSTED_PROXIES",
    list.refine((values) => values.every(isIpBlock)),
    "addresses or networks, comma-separated",
    "balancers whose connections to API and console begin with the PROXY protocol; nobody else may connect from there",
    { unset: "none: the address of a connection is that of its other end" },
  ),
  tlsCert: setting("HONNIN_TLS_CERT", text, "a PEM file", "certificate chain; wants HONNIN_TLS_KEY too", {
    unset: "a self-signed pair is made",
  }),
  tlsKey: setting("HONNIN_TLS_KEY", text, "a PEM file", "private key of the certificate", {
    unset: "as HONNIN_TLS_CERT",
  }),
  tlsCa: setting(
    "HONNIN_TLS_CA",
    text,
    "a PEM file",
    "authority that issued it: commands that call the API trust what it has issued for the same names",
    { unset: "they trust the very certificate alone" },
  ),
  opsPort: setting(
    "HONNIN_OPS_PORT",
    port(9464),
    PORT,
    "loopback port of /health/live, /health/ready, /metrics",
  ),
  tracesUrl: setting(
    "HONNIN_TRACES_URL",
    z.url({ protocol: /^https?$/ }).optional(),
    "an http or https URL",
    "collector of OpenTelemetry (OTLP over HTTP) that is told of each verification, without its number: http://127.0.0.1:4318/v1/traces; headers for it: OTEL_EXPORTER_OTLP_HEADERS",
    { unset: "nobody is told" },
  ),
  ...CONSOLE_SETTINGS,
  ...SIP_SETTINGS,
  ...TRUNK_SETTINGS,
  ...SMS_SETTINGS,
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
  promptsDir: setting(
    "HONNIN_PROMPTS_DIR",
    text,
    "a folder",
    "where files of recordings and texts spoken are made for Asterisk, from what is in the database; readable for whom the folder is, as for an Asterisk of your own",
    { unset: "prompts in the data directory" },
  ),
  databaseUrl: setting(
    "HONNIN_DATABASE_URL",
    z.string().regex(DATABASE_URL).optional(),
    "sqlite:PATH, or postgres://USER@HOST/DATABASE with ?password_file=FILE",
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
  ...NODE_SETTINGS,
  ...RETENTION_SETTINGS,
  ...RECEIPT_SETTINGS,
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
