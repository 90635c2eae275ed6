import { stat } from "node:fs/promises";
import { callsWithPorts, RTP_PORT_COUNT, RTP_PORTS } from "../../asterisk/rtp-ports.js";
import { ConfigError } from "../../config-error.js";
import { loadConfig } from "../../config.js";
import { SETTINGS, type SettingKey } from "../../settings.js";
import { serviceSettings } from "../../service/service-settings.js";
import { SPARE_CALLS } from "../../service/asterisk-link.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { SETTING_FINDINGS } from "./settings-findings.js";

type Seen = FoundIn<typeof SETTING_FINDINGS>;

/** The settings by themselves, before anything is asked or opened. */
export const settingsGroup = group({ ja: "設定", en: "Settings" }, SETTING_FINDINGS, async (patient) => [
  ...wrong(patient),
  ...(await readable(patient)),
  ...together(patient),
  ...zone(patient),
]);

function wrong({ settings, env, cwd }: Patient): Seen[] {
  if (settings !== null) return [];
  try {
    serviceSettings(loadConfig(env, cwd));
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.problems.map((seen) => ({ id: "settings-wrong", seen }));
  }
}

async function readable({ config }: Patient): Promise<Seen[]> {
  const file = config?.configFile ?? null;
  if (config === null || file === null) return [];
  const holdsSecret = (Object.keys(SETTINGS) as SettingKey[]).some(
    (key) => SETTINGS[key].secret && config[key] !== undefined,
  );
  const { mode } = await stat(file);
  if (!holdsSecret || (mode & 0o077) === 0) return [];
  return [{ id: "settings-readable", seen: `${file}: ${modeText(mode)}` }];
}

function together({ config, settings }: Patient): Seen[] {
  if (config === null || settings === null) return [];
  const found: Seen[] = [];
  const hasTrunk = settings.trunks.length > 0;
  if (!hasTrunk && config.testPhones.length === 0)
    found.push({ id: "trunk-missing", seen: "HONNIN_TRUNK_URI" });
  if (hasTrunk && config.callerNumber === undefined) {
    found.push({ id: "caller-number-missing", seen: "HONNIN_CALLER_NUMBER" });
  }
  if (hasTrunk && config.dids.length === 0) found.push({ id: "dids-missing", seen: "HONNIN_DIDS" });
  if (hasTrunk && config.testPhones.length > 0) {
    found.push({
      id: "test-phones-beside-trunk",
      seen: `HONNIN_TEST_PHONES: ${String(config.testPhones.length)}`,
    });
  }
  if (config.webhookAllowPrivate) {
    found.push({ id: "webhooks-to-private", seen: "HONNIN_WEBHOOK_ALLOW_PRIVATE=true" });
  }
  if (settings.ownAsterisk === null && config.trunkMaxCalls + SPARE_CALLS > callsWithPorts(RTP_PORT_COUNT)) {
    const seen = `HONNIN_TRUNK_MAX_CALLS=${String(config.trunkMaxCalls)}; RTP: ${String(RTP_PORTS.start)}-${String(RTP_PORTS.end)}`;
    found.push({ id: "rtp-ports-too-few", seen });
  }
  return found;
}

/** Node falls back to UTC without a word. */
function zone({ env }: Patient): Seen[] {
  const name = env["TZ"];
  if (name === undefined || name === "") return [];
  try {
    new Intl.DateTimeFormat("en", { timeZone: name.replace(/^:/, "") });
    return [];
  } catch {
    return [{ id: "time-zone-unknown", seen: `TZ=${name}` }];
  }
}

export function modeText(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, "0");
}
