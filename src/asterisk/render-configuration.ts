import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isIP, isIPv6 } from "node:net";
import { browserPhoneSections, hasBrowserPhones, RELAY_ADDRESS } from "./browser-phones.js";
import { contactUser } from "./contact-user.js";
import { didSpellings } from "./did-spellings.js";
import { ConfigurationValueError } from "./errors.js";
import { renderTemplate, type TemplateValues } from "./template.js";
import { parseTrunkUri, type TrunkAddress } from "./trunk-uri.js";
import { fitToVersion, seesOffers } from "./version-differences.js";

/** A trunk as the settings give it. */
export interface TrunkSettings {
  /** Of its endpoint: `trunk`, as calls are dialled and the dialplan tells of calls that come in. */
  readonly name: string;
  /** `sip:host[:port][;transport=udp|tcp]` */
  readonly uri: string;
  /** Of the registration. */
  readonly username?: string;
  /** Of digest authentication; default: that of the registration. */
  readonly authUsername?: string;
  readonly password?: string;
  /** Register there, for a trunk that does not know our address. Needs username and password. */
  readonly register?: boolean;
  /** Addresses and networks (`192.0.2.0/28`) from which its calls come, beside that of the URI. */
  readonly addresses?: readonly string[];
  /** How it sends keys; `auto` when not given. SIP INFO is understood in any case. */
  readonly dtmf?: "auto" | "rfc4733" | "inband" | "info";
}

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
  readonly sipPort: number;
  readonly sipTimers: { readonly t1Ms: number; readonly bMs: number };
  readonly rtpPorts: { readonly start: number; readonly end: number };
  readonly maxCalls: number;
  readonly trunks: readonly TrunkSettings[];
  /** Where copies of the SIP messages go, on loopback: see `SipCapture`. */
  readonly sipCapture: { readonly port: number; readonly password: string };
  readonly dids: readonly string[];
  readonly testPhones: readonly TestPhone[];
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
  const render = (name: string, own: TemplateValues): string =>
    renderTemplate(name, readFileSync(join(templateDir, name), "utf8"), own);
  requirePortRange(values.rtpPorts);
  const inBrowsers = hasBrowserPhones(values);
  const http = [render("http.conf", { ariPort: values.ari.port })];
  const modules = [render("modules.conf", {})];
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

function* pjsipSections(values: ConfigurationValues, render: Render): Generator<string> {
  const media = oneAddress(values.sipHost);
  const sipBind = hostPort(values.sipHost, values.sipPort);
  yield render("pjsip.conf", {
    timerT1Ms: values.sipTimers.t1Ms,
    timerBMs: values.sipTimers.bMs,
    sipBind,
  });
  const trunks = values.trunks.map((trunk) => ({ trunk, address: parseTrunkUri(trunk.uri) }));
  if (trunks.some(({ address }) => address.transport === "tcp")) yield render("pjsip-tcp.conf", { sipBind });
  for (const { trunk, address } of trunks) {
    if (!/^[a-z][a-z0-9]*$/.test(trunk.name))
      throw new ConfigurationValueError("trunk", "it is no name of one");
    yield render("pjsip-trunk.conf", {
      trunk: trunk.name,
      trunkMatch: [address.host, ...(trunk.addresses ?? [])].join(","),
      trunkHostPort: address.hostPort,
      trunkTransport: address.transport,
      anyProfile: seesOffers(values.version) ? "yes" : "no",
      trunkDtmf: trunk.dtmf ?? "auto",
    });
    if (media !== null) yield render("pjsip-media.conf", { endpoint: trunk.name, mediaAddress: media });
    yield* credentialSections(values, trunk, address, render);
  }
  for (const phone of values.testPhones) {
    yield render("pjsip-test-phone.conf", { name: phone.name, password: phone.password });
    if (media !== null) yield render("pjsip-media.conf", { endpoint: phone.name, mediaAddress: media });
  }
  if (hasBrowserPhones(values)) yield* browserPhoneSections(values.testPhones, media, render);
}

function* credentialSections(
  values: ConfigurationValues,
  trunk: TrunkSettings,
  address: TrunkAddress,
  render: Render,
): Generator<string> {
  const { username, password } = trunk;
  if (username === undefined || password === undefined) {
    if (username !== undefined) throw new ConfigurationValueError("HONNIN_TRUNK_PASSWORD", "it is missing");
    if (password !== undefined) throw new ConfigurationValueError("HONNIN_TRUNK_USERNAME", "it is missing");
    if (trunk.register === true) {
      throw new ConfigurationValueError("HONNIN_TRUNK_USERNAME", "registering at the trunk needs it");
    }
    return;
  }
  yield render("pjsip-trunk-auth.conf", {
    trunk: trunk.name,
    trunkAuthUsername: trunk.authUsername ?? username,
    trunkPassword: password,
  });
  if (trunk.register !== true) return;
  if (!/^[A-Za-z0-9+_.!~*'()-]+$/.test(username)) {
    throw new ConfigurationValueError("HONNIN_TRUNK_USERNAME", "it cannot stand in a SIP URI as it is");
  }
  yield render("pjsip-trunk-registration.conf", {
    trunk: trunk.name,
    trunkHostPort: address.hostPort,
    trunkTransport: address.transport,
    trunkUsername: username,
    contactUser: contactUser(username, values.dids),
  });
}

function* dialplanSections(values: ConfigurationValues, render: Render): Generator<string> {
  yield render("extensions.conf", { soundsDir: playablePath(values.soundsDir) });
  const owner = new Map<string, string>();
  for (const did of values.dids) {
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
  return isIPv6(host) ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
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
