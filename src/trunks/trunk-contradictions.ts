import { canonicalDid } from "../verification/did.js";
import { contactOf, registrationKey } from "./contact.js";
import { ipVersionOf } from "./ip-version.js";
import { sharingAddresses } from "./shared-addresses.js";
import type { Trunk } from "./trunk.js";
import { readTrunkUri } from "./trunk-uri.js";

/** What else the settings say that trunks need. */
export interface TrunkSurroundings {
  readonly dids: readonly string[];
  readonly hasIpv6: boolean;
}

/** Values that are each right and wrong together. */
export function* trunkContradictions(
  trunks: readonly Trunk[],
  { dids, hasIpv6 }: TrunkSurroundings,
): Generator<string> {
  for (const [index, trunk] of trunks.entries()) {
    const at = `trunks[${String(index)}] (${trunk.name})`;
    if (trunks.findIndex(({ name }) => name === trunk.name) !== index)
      yield `${at}: got a second trunk of this name, expected each name once`;
    for (const problem of ofOne(trunk, dids)) yield `${at}: ${problem}`;
    if (ipVersionOf(trunk) === "6" && !hasIpv6) yield `${at}: expected HONNIN_SIP_HOST_V6 with it, for IPv6`;
  }
  yield* together(trunks, dids);
}

function* ofOne(trunk: Trunk, dids: readonly string[]): Generator<string> {
  const { username, password, authUsername, register, encryption, uri, contactUser } = trunk;
  if ((username === undefined && authUsername === undefined) !== (password === undefined))
    yield "got one of username and password, expected both or neither";
  if (register && username === undefined) yield "register: expected username and password with it";
  if (!register && contactUser !== undefined) yield "contact_user: expected register with it";
  if (contactUser !== undefined && dids.map(canonicalDid).includes(canonicalDid(contactUser)))
    yield "contact_user: got one of HONNIN_DIDS, expected none: every call would look like one to it";
  if (encryption === "sdes" && readTrunkUri(trunk.outboundProxy ?? uri)?.transport !== "tls")
    yield "encryption: expected ;transport=tls with sdes, or its keys can be read on the way";
}

function* together(trunks: readonly Trunk[], dids: readonly string[]): Generator<string> {
  // Asterisk has one switch for it (`disable_rport`).
  if (new Set(trunks.map(({ rport }) => rport)).size > 1)
    yield "trunks: got rport true and false, expected the same for all of them";
  const registered = trunks.filter(({ register }) => register).map((trunk) => registrationKey(trunk, dids));
  const twice = registered.find((key, index) => registered.indexOf(key) !== index);
  if (twice !== undefined)
    yield `trunks: got two registrations as ${twice.replace(" ", " by contact ")}, expected a contact_user of its own for each`;
  for (const group of sharingAddresses(trunks)) {
    const contacts = group.map((trunk) => contactOf(trunk, dids));
    if (!contacts.includes(null) && new Set(contacts).size === contacts.length) continue;
    const names = group.map(({ name }) => name).join(", ");
    yield `trunks: ${names} share an address, so that nobody could tell by which a call came; expected each to register with a contact_user of its own`;
  }
}
