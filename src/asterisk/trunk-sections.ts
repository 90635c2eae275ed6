import { contactOf, registerDomain } from "../trunks/contact.js";
import { ipVersionOf } from "../trunks/ip-version.js";
import { sources } from "../trunks/shared-addresses.js";
import type { Trunk } from "../trunks/trunk.js";
import { inUri } from "../trunks/trunk-uri.js";
import type { TemplateValues } from "./template.js";
import { transportOf } from "./transport-sections.js";
import { parseTrunkUri } from "./trunk-uri.js";

type Render = (name: string, values: TemplateValues) => string;

const TIMERS = { off: "no", on: "yes", required: "required" } as const;
/** Without an answer, and after a refusal. Two that were refused in one moment are not tried again in one. */
const [RETRY_SECONDS, REFUSED_RETRY_SECONDS, APART_SECONDS] = [30, 300, 2];
/** `peer_supported`: whoever can take them gets them; `yes` would only take them. */
const RELIABLE = { off: "no", on: "peer_supported", required: "required" } as const;

/** What Asterisk is told of a trunk. @param seesOffers whether Honnin sees what voice is offered. */
export function* trunkSections(trunk: Trunk, seesOffers: boolean, render: Render): Generator<string> {
  const { name, encryption, fromUser, fromDomain, ptime } = trunk;
  const proxyUri = proxyOf(trunk, trunk.requestUriHost !== undefined);
  yield render("pjsip-trunk.conf", {
    trunk: name,
    transport: transportOf(trunk),
    match: sources(trunk).join(","),
    contactUri: targetUri(trunk),
    qualifySeconds: trunk.qualifySeconds ?? 0,
    rport: trunk.rport,
    codecs: trunk.codecs
      .map((codec) => (ptime === undefined ? codec : `${codec}:${String(ptime)}`))
      .join(","),
    anyProfile: seesOffers && encryption === "none" ? "yes" : "no",
    dtmf: trunk.dtmf,
    timers: TIMERS[trunk.sessionTimers],
    sessionSeconds: trunk.sessionSeconds,
    reliable: RELIABLE[trunk.reliableProvisional],
    userPhone: trunk.userPhone,
    ipv6: ipVersionOf(trunk) === "6",
  });
  if (proxyUri !== null) yield render("pjsip-trunk-proxy.conf", { section: name, proxyUri });
  if (fromUser !== undefined) yield render("pjsip-trunk-from-user.conf", { trunk: name, fromUser });
  if (fromDomain !== undefined)
    yield render("pjsip-trunk-from-domain.conf", { trunk: name, fromDomain: inUri(fromDomain) });
  if (ptime !== undefined) yield render("pjsip-trunk-ptime.conf", { trunk: name });
  if (encryption === "sdes") yield render("pjsip-trunk-encryption.conf", { trunk: name });
  const { username, authUsername = username, password } = trunk;
  if (authUsername === undefined || password === undefined) return;
  yield render("pjsip-trunk-auth.conf", { trunk: name, authUsername, trunkPassword: password });
}

/** What it is told of our registration there. @param turn see `turnsOf`. */
export function* registrationSections(
  trunk: Trunk,
  dids: readonly string[],
  turn: number,
  render: Render,
): Generator<string> {
  const { name, username, authUsername = username, password, registerSeconds } = trunk;
  if (authUsername === undefined || password === undefined) return;
  const contactUser = contactOf(trunk, dids);
  if (contactUser === null || username === undefined) return;
  const domain = registerDomain(trunk);
  const elsewhere = domain !== inUri(parseTrunkUri(trunk.uri).host);
  const proxyUri = proxyOf(trunk, elsewhere);
  yield render("pjsip-trunk-registration.conf", {
    trunk: name,
    transport: transportOf(trunk),
    serverUri: elsewhere ? `sip:${domain}` : uriOf(trunk.uri),
    client: `${username}@${elsewhere ? domain : parseTrunkUri(trunk.uri).hostPort}`,
    contactUser,
    seconds: registerSeconds,
    retrySeconds: RETRY_SECONDS + turn * APART_SECONDS,
    refusedRetrySeconds: REFUSED_RETRY_SECONDS + turn * APART_SECONDS,
  });
  if (proxyUri !== null)
    yield render("pjsip-trunk-proxy.conf", { section: `${name}-registration`, proxyUri });
}

/** The Request-URI of a call, into which Asterisk puts the number. */
function targetUri({ uri, requestUriHost }: Trunk): string {
  return requestUriHost === undefined ? uriOf(uri) : `sip:${inUri(requestUriHost)}`;
}

/** The next hop, where it is not where the Request-URI points; null: it is. */
function proxyOf({ uri, outboundProxy }: Trunk, pointsElsewhere: boolean): string | null {
  if (outboundProxy !== undefined) return `${uriOf(outboundProxy)};lr`;
  return pointsElsewhere ? `${uriOf(uri)};lr;hide` : null;
}

function uriOf(uri: string): string {
  const { hostPort, transport } = parseTrunkUri(uri);
  return `sip:${hostPort};transport=${transport}`;
}
