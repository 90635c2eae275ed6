import { readFileSync } from "node:fs";
import path from "node:path";
import { parse as parseYaml } from "yaml";
import type { z } from "zod";
import { ConfigError } from "./config-error.js";
import { hasErrorCode } from "./error-code.js";
import { TRIAL_SETTINGS } from "./trial-settings.js";
import { DEFAULTS_NOTE, SETTINGS, type SettingKey } from "./settings.js";
import type { Gateway } from "./sms/gateway.js";
import { type GatewaysRead, gatewayContradictions, readGateways } from "./sms/read-gateways.js";
import { gatewaysOfShortForm } from "./sms/short-form.js";
import { readTrunks, type TrunksRead } from "./trunks/read-trunks.js";
import { givenBesideList, trunksOfShortForm } from "./trunks/short-form.js";
import { snakeCase } from "./trunks/snake-case.js";
import type { Trunk } from "./trunks/trunk.js";
import { trunkContradictions } from "./trunks/trunk-contradictions.js";
import { canonicalDid } from "./verification/did.js";
import { parsePhoneNumber } from "./verification/phone-number.js";

/** Every setting by its key, validated and frozen. Units stand in the names and in `settings.ts`. */
export type Config = Readonly<{
  [K in SettingKey]: z.output<(typeof SETTINGS)[K]["schema"]>;
}> & {
  /** The file that was read, or null when there is none. */
  readonly configFile: string | null;
  /** The list of `honnin.yaml`, or the one that HONNIN_TRUNK_URI is the short form of. */
  readonly trunks: readonly Trunk[];
  /** The list of `honnin.yaml`, or the one that HONNIN_SMS_URL is the short form of. */
  readonly sms: readonly Gateway[];
};

/** What was read of `honnin.yaml`. */
interface FileRead {
  readonly values: RawValues;
  readonly trunks: TrunksRead | null;
  readonly sms: GatewaysRead | null;
  readonly problems: readonly string[];
}

type RawValues = Partial<Record<SettingKey, { value: unknown; from: string }>>;

/**
 * Reads `honnin.yaml` (path in `HONNIN_CONFIG`, else in the data directory) and lets the environment
 * override it.
 *
 * @throws {ConfigError} naming each wrong key, its value (secrets apart) and what was expected.
 */
export function loadConfig(env: NodeJS.ProcessEnv, cwd: string): Config {
  const dataDir = path.resolve(cwd, given(env, "HONNIN_DATA_DIR") ?? "./var");
  const configFile = given(env, "HONNIN_CONFIG") ?? path.join(dataDir, "honnin.yaml");
  const fromFile = readConfigFile(configFile, given(env, "HONNIN_CONFIG") !== undefined);
  const fromEnv = readEnvironment(env);
  const raw: RawValues = isTrial(fromFile, fromEnv) ? trialValues() : { ...fromFile?.values, ...fromEnv };
  const problems: string[] = [...(fromFile?.problems ?? [])];
  const config: Record<string, unknown> = { configFile: fromFile === null ? null : configFile };
  for (const key of Object.keys(SETTINGS) as SettingKey[]) {
    const setting = SETTINGS[key];
    const value = raw[key];
    const parsed = setting.schema.safeParse(value?.value);
    if (parsed.success) {
      config[key] = parsed.data;
    } else {
      const shown = setting.secret ? "(a secret)" : withoutCredentials(JSON.stringify(value?.value ?? null));
      problems.push(`${value?.from ?? setting.env}: got ${shown}, expected ${setting.expected}`);
    }
  }
  const list = fromFile?.trunks ?? null;
  if (list !== null) problems.push(...list.problems, ...givenBesideList(raw));
  const gateways = fromFile?.sms ?? null;
  if (gateways !== null) problems.push(...gateways.problems, ...smsBesideList(raw));
  if (problems.length === 0) problems.push(...contradictions(config as Config));
  if (problems.length === 0) {
    const { dids, sipHostV6 } = config as Config;
    config["trunks"] = list?.trunks ?? trunksOfShortForm(config);
    const surroundings = { dids, hasIpv6: sipHostV6 !== undefined };
    problems.push(...trunkContradictions((config as Config).trunks, surroundings));
    const { smsUrl, smsSender } = config as Config;
    config["sms"] = gateways?.gateways ?? gatewaysOfShortForm(smsUrl, smsSender);
    if (gateways === null) problems.push(...gatewayContradictions((config as Config).sms));
  }
  if (problems.length > 0) throw new ConfigError(problems);
  config["dataDir"] = path.resolve(cwd, config["dataDir"] as string);
  if (typeof config["promptsDir"] === "string") {
    config["promptsDir"] = path.resolve(cwd, config["promptsDir"]);
  }
  if (typeof config["keyFile"] === "string") config["keyFile"] = path.resolve(cwd, config["keyFile"]);
  return Object.freeze(config) as Config;
}

/** As with trunks, the short form would have no effect beside a list. */
function smsBesideList(raw: RawValues): string[] {
  return [raw.smsUrl, raw.smsSender].flatMap((given) =>
    given === undefined ? [] : [`${given.from}: got it and sms, expected one of them`],
  );
}

/** Whether nothing at all was set: somebody tries it out, on loopback, and no real telephone can ring. */
function isTrial(fromFile: object | null, fromEnv: RawValues): boolean {
  return fromFile === null && Object.keys(fromEnv).length === 0;
}

function trialValues(): RawValues {
  const values = Object.entries(TRIAL_SETTINGS).map(([key, value]) => [key, { value, from: "the trial" }]);
  return Object.fromEntries(values) as RawValues;
}

/** An empty variable is how shells and unit files say "not set". */
function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name] === "" ? undefined : env[name];
}

/** A password that somebody wrote into a URL, where it does not belong, is not to be shown either. */
function withoutCredentials(text: string): string {
  return text.replace(/("(?:\w+:(?:\/\/)?)?).*@/, "$1…@");
}

/** Settings that are each right and wrong together. */
function contradictions(config: Config): string[] {
  const { sipTimerT1Ms, sipTimerBMs, tlsCert, tlsKey, ariUrl, ariUsername, ariPassword } = config;
  const problems: string[] = [];
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    problems.push("HONNIN_TLS_CERT, HONNIN_TLS_KEY: got one, expected both or neither");
  }
  if ((config.sipTlsCert === undefined) !== (config.sipTlsKey === undefined)) {
    problems.push("HONNIN_SIP_TLS_CERT, HONNIN_SIP_TLS_KEY: got one, expected both or neither");
  }
  if ((config.trunkUsername === undefined) !== (config.trunkPassword === undefined)) {
    problems.push("HONNIN_TRUNK_USERNAME, HONNIN_TRUNK_PASSWORD: got one, expected both or neither");
  }
  if (config.trunkAuthUsername !== undefined && config.trunkUsername === undefined) {
    problems.push("HONNIN_TRUNK_AUTH_USERNAME: expected HONNIN_TRUNK_USERNAME with it");
  }
  if (config.trunkAddresses.length > 0 && config.trunkUri === undefined) {
    problems.push("HONNIN_TRUNK_ADDRESSES: expected HONNIN_TRUNK_URI with it");
  }
  if (config.trunkRegister && (config.trunkUri === undefined || config.trunkUsername === undefined)) {
    problems.push(
      "HONNIN_TRUNK_REGISTER: expected HONNIN_TRUNK_URI, HONNIN_TRUNK_USERNAME and HONNIN_TRUNK_PASSWORD with it",
    );
  }
  const dids = config.dids.map(canonicalDid);
  const twice = config.dids.find((did, index) => dids.indexOf(canonicalDid(did)) !== index);
  if (twice !== undefined) problems.push(`HONNIN_DIDS: got ${twice} twice, expected each number once`);
  const nobody = config.testPhones.find((pair) => !parsePhoneNumber(pair.split("=")[0] ?? "").ok);
  if (nobody !== undefined) {
    problems.push(
      `HONNIN_TEST_PHONES: got ${JSON.stringify(nobody)}, expected a number of the numbering plan`,
    );
  }
  if (config.demo && config.testPhones.length === 0) {
    problems.push("HONNIN_DEMO: expected HONNIN_TEST_PHONES with it: only test telephones ring for it");
  }
  if (ariUrl !== undefined && (ariUsername === undefined || ariPassword === undefined)) {
    problems.push("HONNIN_ARI_URL: expected HONNIN_ARI_USERNAME and HONNIN_ARI_PASSWORD with it");
  }
  const records = config.retentionRecordsDays;
  if (records > 0 && records < 62) {
    problems.push(`HONNIN_RETENTION_RECORDS_DAYS: got ${records}, expected 0, or 62 to 36500`);
  }
  const audit = config.retentionAuditDays;
  if (audit > 0 && audit < 365) {
    problems.push(`HONNIN_RETENTION_AUDIT_DAYS: got ${audit}, expected 0, or 365 to 36500`);
  }
  // Asterisk would silently use the least (RFC 3261 17.1.1.2 has B = 64 x T1).
  const least = 64 * sipTimerT1Ms;
  if (sipTimerBMs < least) {
    problems.push(
      `HONNIN_SIP_TIMER_B_MS: got ${sipTimerBMs}, expected at least 64 x HONNIN_SIP_TIMER_T1_MS = ${least}`,
    );
  }
  // Asterisk parts the files of a playback at commas, and prompts that admins set lie in the data directory.
  if (config.dataDir.includes(",")) problems.push("HONNIN_DATA_DIR: expected a path without a comma");
  if (config.promptsDir?.includes(",")) problems.push("HONNIN_PROMPTS_DIR: expected a path without a comma");
  return problems;
}

function readEnvironment(env: NodeJS.ProcessEnv): RawValues {
  const values: RawValues = {};
  for (const key of Object.keys(SETTINGS) as SettingKey[]) {
    const name = SETTINGS[key].env;
    const value = given(env, name);
    if (value !== undefined) values[key] = { value, from: name };
  }
  return values;
}

/** The file's keys are the settings' keys in snake_case, flat: one name to look for everywhere. */
function readConfigFile(file: string, required: boolean): FileRead | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (!required && hasErrorCode(error, "ENOENT")) return null;
    throw new ConfigError([`HONNIN_CONFIG: cannot read ${file}: ${(error as Error).message}`]);
  }
  let document: unknown;
  try {
    // Failsafe: every value is text, as from the environment. Otherwise 0312345678 loses its zero
    // and a password of digits is a number. Not pretty: the message would quote the line, secrets too.
    document = parseYaml(text, { schema: "failsafe", prettyErrors: false }) ?? {};
  } catch (error) {
    throw new ConfigError([`${file}: not YAML: ${(error as Error).message}`]);
  }
  if (typeof document !== "object" || document === null || Array.isArray(document)) {
    throw new ConfigError([`${file}: expected a mapping of settings`]);
  }
  const values: RawValues = {};
  const problems: string[] = [];
  let trunks: TrunksRead | null = null;
  let sms: GatewaysRead | null = null;
  const byFileKey = new Map((Object.keys(SETTINGS) as SettingKey[]).map((key) => [snakeCase(key), key]));
  for (const [name, value] of Object.entries(document) as [string, unknown][]) {
    const key = byFileKey.get(name);
    if (name === "trunks") trunks = readTrunks(value, `${file}: trunks`, path.dirname(file));
    else if (name === "sms") sms = readGateways(value, `${file}: sms`, path.dirname(file));
    else if (key === undefined)
      problems.push(`${file}: unknown setting ${JSON.stringify(name)}${DEFAULTS_NOTE}`);
    else if (value !== "") values[key] = { value, from: `${file}: ${name}` };
  }
  return { values, trunks, sms, problems };
}
