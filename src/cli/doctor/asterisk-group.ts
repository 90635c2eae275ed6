import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { AriRequestError } from "../../ari/errors.js";
import { requestByHttp } from "../../ari/http-request.js";
import { findAsterisk } from "../../asterisk/asterisk-installation.js";
import { errorText } from "../../log.js";
import { PROJECT_DIR } from "../../project-dir.js";
import { isAtLeast, upstreamVersion } from "../../programs/version-order.js";
import type { AriLogin } from "../../service/service-settings.js";
import { fitToVersion } from "../../asterisk/version-differences.js";
import { APPLICATION } from "../../telephony/calls.js";
import { ASTERISK_FINDINGS } from "./asterisk-findings.js";
import { type FoundIn, group, type Patient } from "./finding.js";
import { modeText } from "./settings-group.js";

type Seen = FoundIn<typeof ASTERISK_FINDINGS>;

const ASK_MS = 5_000;
/** The oldest that the calls are tested on. */
const OLDEST_OWN = "16.28";
/** Of an Asterisk of the user's own: what calls take, by the parts of ARI and dialplan that are used. */
const WANTED = [
  ...[
    "app_stasis",
    "app_playback",
    "chan_pjsip",
    "pbx_config",
    "func_callerid",
    "func_channel",
    "func_timeout",
  ],
  ...["res_ari_asterisk", "res_ari_channels", "res_ari_events", "res_ari_playbacks", "res_stasis_playback"],
  ...["res_pjsip_header_funcs", "res_rtp_asterisk", "format_pcm"],
];

/** The Asterisk that is to be driven: whether it is there, whole, ours, and can play what is said. */
export const asteriskGroup = group({ ja: "Asterisk", en: "Asterisk" }, ASTERISK_FINDINGS, async (patient) => {
  const { settings } = patient;
  if (settings === null) return [];
  const own = settings.ownAsterisk;
  return own === null ? bundled() : ofOnesOwn(own, patient);
});

async function bundled(): Promise<Seen[]> {
  let installation;
  try {
    installation = await findAsterisk(PROJECT_DIR);
  } catch (error) {
    return [{ id: "asterisk-missing", seen: errorText(error) }];
  }
  if (installation === null) return [{ id: "asterisk-missing", seen: PROJECT_DIR }];
  const { moduleDir, version } = installation;
  const template = readFileSync(path.join(PROJECT_DIR, "asterisk-config", "modules.conf"), "utf8");
  const wanted = fitToVersion(new Map([["modules.conf", template]]), version).get("modules.conf") ?? "";
  const lacking = [...wanted.matchAll(/^load = (\S+)$/gm)]
    .map(([, file = ""]) => file)
    .filter((file) => !existsSync(path.join(moduleDir, file)));
  return lacking.length === 0
    ? []
    : [{ id: "asterisk-modules-missing", seen: `${moduleDir}: ${lacking.join(", ")}` }];
}

async function ofOnesOwn(login: AriLogin, patient: Patient): Promise<Seen[]> {
  const ask = (what: string): Promise<unknown> =>
    requestByHttp(login, { method: "GET", path: what, operation: what }, ASK_MS);
  let info: { system?: { version?: string }; config?: { setid?: { user?: string } } };
  try {
    info = (await ask("asterisk/info")) as typeof info;
  } catch (error) {
    const status = error instanceof AriRequestError ? error.status : null;
    const seen = `HONNIN_ARI_URL=${login.url}: ${errorText(error)}`;
    return [{ id: status === 401 || status === 403 ? "ari-password-wrong" : "asterisk-unreachable", seen }];
  }
  const version = upstreamVersion(info.system?.version ?? "");
  const found: Seen[] = [];
  if (/^\d/.test(version) && !isAtLeast(version, OLDEST_OWN))
    found.push({ id: "asterisk-old", seen: version });
  found.push(...(await modules(ask)), ...(await application(ask, patient)));
  found.push(...sounds(login, info.config?.setid?.user ?? ""));
  return found;
}

async function modules(ask: (what: string) => Promise<unknown>): Promise<Seen[]> {
  const loaded = await ask("asterisk/modules").catch(() => null);
  // Whatever else may answer at that address.
  if (!Array.isArray(loaded)) return [];
  const modules = loaded as readonly { name: string; status: string }[];
  const running = new Set(modules.filter(({ status }) => status === "Running").map(({ name }) => name));
  const lacking = WANTED.filter((name) => !running.has(`${name}.so`));
  return lacking.length === 0 ? [] : [{ id: "asterisk-modules-missing", seen: lacking.join(", ") }];
}

/** Without a service of ours nobody should be connected as it; one that runs is told itself when it is replaced. */
async function application(ask: (what: string) => Promise<unknown>, { pid }: Patient): Promise<Seen[]> {
  if (pid !== null) return [];
  const there = await ask(`applications/${APPLICATION}`).then(
    () => true,
    () => false,
  );
  return there ? [{ id: "application-occupied", seen: APPLICATION }] : [];
}

/** On this machine, and run as another user: the prompts have to be readable by everybody on their whole path. */
function sounds({ url }: AriLogin, user: string): Seen[] {
  const host = new URL(url).hostname;
  if (user === "" || user === "root" || !/^(?:localhost|127\.|\[::1\])/.test(host)) return [];
  const soundsDir = path.join(PROJECT_DIR, "sounds");
  const closed = foldersOf(soundsDir).find((folder) => (statSync(folder).mode & 0o005) !== 0o005);
  return closed === undefined
    ? []
    : [{ id: "sounds-unreadable", seen: `${user}: ${closed} (${modeText(statSync(closed).mode)})` }];
}

function foldersOf(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [...foldersOf(parent), folder];
}
