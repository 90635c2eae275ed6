import { rulePhoneNumber } from "../verification/outbound-policy.js";
import { type E164, parsePhoneNumber } from "../verification/phone-number.js";

interface Trunk {
  /** Of its endpoint. */
  readonly name: string;
  /** How it wants numbers dialled. */
  readonly numberFormat: "national" | "e164";
}

export interface RoutingTable {
  /** The first is dialled. */
  readonly trunks: readonly Trunk[];
  /** Softphones registered at the bundled Asterisk, by the number that rings them. */
  readonly testPhones: ReadonlyMap<E164, string>;
  /** Extensions whose telephone is a browser now: that rings, and no softphone. */
  readonly inBrowser?: ReadonlySet<string>;
}

/** Ends the names of endpoints that are browsers (`asterisk-config/pjsip-browser-phone.conf`). */
const BROWSER = "-browser";

/** Whether a call comes from a telephone in a browser: its voice is encrypted, as WebRTC has it. */
export function isBrowserPhone(endpoint: string): boolean {
  return endpoint.endsWith(BROWSER);
}

/** @param pairs `NUMBER=EXTENSION`, as validated by the settings. */
export function readTestPhones(pairs: readonly string[]): Map<E164, string> {
  const phones = new Map<E164, string>();
  for (const pair of pairs) {
    const [number = "", extension = ""] = pair.split("=");
    const parsed = parsePhoneNumber(number);
    if (!parsed.ok) throw new Error(`HONNIN_TEST_PHONES: ${parsed.detail}`);
    phones.set(parsed.number.e164, extension);
  }
  return phones;
}

/**
 * Where a call to this number goes, as an Asterisk dial string; null when there is no way.
 * Built from the digits of a validated number only, and looked at once more before it leaves.
 */
export function dialString(number: E164, table: RoutingTable): string | null {
  const extension = table.testPhones.get(number);
  if (extension !== undefined) {
    return checked(`PJSIP/${extension}${table.inBrowser?.has(extension) === true ? BROWSER : ""}`);
  }
  const [trunk] = table.trunks;
  const parsed = parsePhoneNumber(number);
  if (trunk === undefined || !parsed.ok) return null;
  const national = trunk.numberFormat === "national" && parsed.number.country === "JP";
  return checked(`PJSIP/${national ? parsed.number.national : number}@${trunk.name}`);
}

/** Whether policy lets this number be called, and there is a way to it. */
export function mayBeCalled(number: E164, allowList: readonly string[], table: RoutingTable): boolean {
  const parsed = parsePhoneNumber(number);
  return parsed.ok && rulePhoneNumber(parsed.number, allowList).allowed && dialString(number, table) !== null;
}

function checked(endpoint: string): string {
  if (!/^PJSIP\/(\d{4}(-browser)?|\+?\d{3,15}@[a-z][a-z0-9-]*)$/.test(endpoint))
    throw new Error("not a dial string of ours");
  return endpoint;
}
