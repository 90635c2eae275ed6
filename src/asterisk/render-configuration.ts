import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isIP } from "node:net";
import { didSpellings } from "../trunks/did-spellings.js";
import { ipVersionOf } from "../trunks/ip-version.js";
import { inUri } from "../trunks/trunk-uri.js";
import { browserPhoneSections, hasBrowserPhones, RELAY_ADDRESS } from "./browser-phones.js";
import { ConfigurationValueError } from "./errors.js";
import { renderTemplate, type TemplateValues } from "./template.js";
import { transportSections } from "./transport-sections.js";
import { TURNS_FILE, turnsOf } from "./registration-turns.js";
import { registrationSections, trunkSections } from "./trunk-sections.js";
import { completeTrunk, type TrunkSettings } from "./trunk-settings.js";
import { fitToVersion, seesOffers } from "./version-differences.js";

/** A softphone account for trying things out. */
export interface TestPhone {
  readonly name: string;
  readonly password: string;
}

/** Everything in the configuration that varies. */
export interface ConfigurationValues {
  /** Of the Asterisk that will read it: `22.10.1`. */
  readonly version: string;
  readonly configDir: string;
  /** State, spool and keys. */
  readonly stateDir: string;
  /** The control socket; its path may have 107 bytes in all. */
  readonly runDir: string;
  readonly moduleDir: string;
  /** Asterisk's own static files (documentation, sounds). */
  readonly assetDir: string;
  /** Prompts, absolute; `ja/apology` is looked for in it. */
  readonly soundsDir: string;
  readonly ari: { readonly port: number; readonly username: string; readonly password: string };
  /** Address to listen at; `0.0.0.0` or `::` for all. */
  readonly sipHost: string;
  /** Address to listen at for trunks by IPv6; absent: there are none. */
  readonly sipHostV6?: string | undefined;
  readonly sipPort: number;
  readonly sipTls?: SipTls;
  readonly sipTimers: { readonly t1Ms: number; readonly bMs: number };
  readonly rtpPorts: { readonly start: number; readonly end: number };
  readonly maxCalls: number;
  readonly trunks: readonly TrunkSettings[];
  /** Where copies of the SIP messages go, on loopback: see `SipCapture`. */
  readonly sipCapture: { readonly port: number; readonly password: string };
  readonly dids: readonly string[];
  /** Whether another node can take a call that nobody takes here: it is refused then, and hears no apology. */
  readonly hasOthers: boolean;
  readonly testPhones: readonly TestPhone[];
}

/** SIP over TLS: of no use where no trunk speaks it. */
export interface SipTls {
  readonly port: number;
  /** PEM files, absolute. */
  readonly ca: string;
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** File name → text, as Asterisk will read them. */
export type RenderedConfiguration = ReadonlyMap<string, string>;

/** Templates without anything to fill in. */
const FIXED = [
  "acl",
  "ccss",
  "cdr",
  "cel",
  "features",
  "indications",
  "logger",
  "manager",
  "pjproject",
  "stasis",
  "udptl",
  "websocket_client",
] as const;

/** Renders the whole configuration from the templates in `templateDir`; refuses values that do not fit. */
export function renderConfiguration(templateDir: string, values: ConfigurationValues): RenderedConfiguration {
  const render = renderFrom(templateDir);
  requirePortRange(values.rtpPorts);
  const inBrowsers = hasBrowserPhones(values);
  const http = [render("http.conf", { ariPort: values.ari.port })];
  const modules = [render("modules.conf", {})];
  const encrypts = values.trunks.some(({ encryption }) => encryption === "sdes");
  if (encrypts || inBrowsers) modules.push(render("modules-encryption.conf", {}));
  if (inBrowsers) {
    http.push(render("http-browser-phone.conf", { relayAddress: RELAY_ADDRESS }));
    modules.push(render("modules-browser-phone.conf", {}));
  }
  const files = new Map([
    ...FIXED.map((name) => [`${name}.conf`, render(`${name}.conf`, {})] as const),
    [
      "asterisk.conf",
      render("asterisk.conf", {
        configDir: values.configDir,
        moduleDir: values.moduleDir,
        assetDir: values.assetDir,
        stateDir: values.stateDir,
        runDir: values.runDir,
        maxCalls: values.maxCalls,
      }),
    ],
    ["modules.conf", modules.join("")],
    ["http.conf", http.join("")],
    ["ari.conf", render("ari.conf", { ariUsername: values.ari.username, ariPassword: values.ari.password })],
    [
      "hep.conf",
      render("hep.conf", {
        capturePort: values.sipCapture.port,
        capturePassword: values.sipCapture.password,
      }),
    ],
    [
      "rtp.conf",
      render("rtp.conf", {
        rtpStart: values.rtpPorts.start,
        rtpEnd: values.rtpPorts.end,
        iceSupport: inBrowsers,
      }),
    ],
    ["pjsip.conf", [...pjsipSections(values, render)].join("\n")],
    ["extensions.conf", [...dialplanSections(values, render)].join("\n")],
  ]);
  return fitToVersion(files, values.version);
}

type Render = (name: string, values: TemplateValues) => string;

function renderFrom(templateDir: string): Render {
  return (name, own) => renderTemplate(name, readFileSync(join(templateDir, name), "utf8"), own);
}

function* pjsipSections(values: ConfigurationValues, render: Render): Generator<string> {
  const media = oneAddress(values.sipHost);
  const trunks = values.trunks.map(completeTrunk);
  const bind = (host: string, port: number): string => hostPort(host, port);
  const turns = turnsOf(trunks);
  yield render("pjsip.conf", {
    timerT1Ms: values.sipTimers.t1Ms,
    timerBMs: values.sipTimers.bMs,
    sipBind: bind(values.sipHost, values.sipPort),
    withoutRport: trunks.some(({ rport }) => !rport),
  });
  yield* transportSections(trunks, values, bind, render);
  for (const trunk of trunks) {
    yield* trunkSections(trunk, seesOffers(values.version), render);
    if (turns.get(trunk.name) === 0) yield* registrationSections(trunk, values.dids, 0, render);
    const address = ipVersionOf(trunk) === "6" ? oneAddress(values.sipHostV6 ?? "::") : media;
    if (address !== null) yield render("pjsip-media.conf", { endpoint: trunk.name, mediaAddress: address });
  }
  for (const phone of values.testPhones) {
    yield render("pjsip-test-phone.conf", { name: phone.name, password: phone.password });
    if (media !== null) yield render("pjsip-media.conf", { endpoint: phone.name, mediaAddress: media });
  }
  if (hasBrowserPhones(values)) yield* browserPhoneSections(values.testPhones, media, render);
  if (Math.max(...turns.values()) > 0) yield `#include "${TURNS_FILE}"\n`;
}

/** Sections of the registrations that wait for their turn: those of the first turn after the start first. */
export function laterRegistrations(
  templateDir: string,
  values: Pick<ConfigurationValues, "trunks" | "dids">,
): readonly string[] {
  const render = renderFrom(templateDir);
  const trunks = values.trunks.map(completeTrunk);
  const texts: string[][] = [];
  for (const [name, turn] of turnsOf(trunks)) {
    const trunk = trunks.find((one) => one.name === name);
    if (turn === 0 || trunk === undefined) continue;
    (texts[turn - 1] ??= []).push(...registrationSections(trunk, values.dids, turn, render));
  }
  return texts.map((sections) => sections.join("\n"));
}

function* dialplanSections(values: ConfigurationValues, render: Render): Generator<string> {
  yield render("extensions.conf", {
    soundsDir: playablePath(values.soundsDir),
    hasOthers: values.hasOthers,
  });
  const owner = new Map<string, string>();
  for (const did of values.dids) {
    if (!/^\+?\d{2,15}$/.test(did))
      throw new ConfigurationValueError("HONNIN_DIDS", `"${did}" is not a number of 2 to 15 digits`);
    for (const spelling of didSpellings(did)) {
      const other = owner.get(spelling);
      if (other !== undefined) {
        if (spelling !== did || other === did) continue;
        throw new ConfigurationValueError("HONNIN_DIDS", `"${other}" and "${did}" are the same number`);
      }
      owner.set(spelling, did);
      yield render("extensions-did.conf", { did, spelling });
    }
  }
}

/** The address to bind voice to, or null when SIP listens at all of them. */
function oneAddress(host: string): string | null {
  return host === "0.0.0.0" || host === "::" ? null : host;
}

function hostPort(host: string, port: number): string {
  // PJSIP binds to addresses only; a name would be looked up at a time when nobody can say it failed.
  if (isIP(host) === 0) throw new ConfigurationValueError("HONNIN_SIP_HOST", "it is not an IP address");
  if (port < 1 || port > 65_535) throw new ConfigurationValueError("HONNIN_SIP_PORT", "it is not a port");
  return `${inUri(host)}:${String(port)}`;
}

function requirePortRange({ start, end }: { start: number; end: number }): void {
  // Two ports a call; fewer than 4 could carry one call and its successor not yet.
  if (start < 1024 || end > 65_535 || end - start < 3) {
    throw new ConfigurationValueError("rtpPorts", `${String(start)}-${String(end)} is no range of ports`);
  }
}

// In the dialplan these end an argument, join files, or begin a variable.
function playablePath(path: string): string {
  const special = /[,&()"\\$[\]|<>]/.exec(path);
  if (special !== null) {
    throw new ConfigurationValueError("the sounds directory", `its path has a "${special[0]}"`);
  }
  return path;
}
