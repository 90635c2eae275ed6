import { rulePhoneNumber } from "../verification/outbound-policy.js";
import { writeNumber } from "../trunks/number-format.js";
import { isTrunkName } from "../trunks/trunk-name.js";
import { type E164, parsePhoneNumber } from "../verification/phone-number.js";
import type { TrunkRoute } from "./way.js";

type Trunk = Pick<TrunkRoute, "name" | "numberFormat" | "prefixes">;

export interface RoutingTable<T extends Trunk = Trunk> {
  readonly trunks: readonly T[];
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

/** The test telephone that this number rings, as an Asterisk dial string; null: none. */
export function testPhoneOf(number: E164, table: RoutingTable): string | null {
  const extension = table.testPhones.get(number);
  if (extension === undefined) return null;
  return checked(`PJSIP/${extension}${table.inBrowser?.has(extension) === true ? BROWSER : ""}`);
}

/** The trunks that carry calls to this number. */
export function carriersOf<T extends Trunk>(number: E164, trunks: readonly T[]): readonly T[] {
  return trunks.filter(
    ({ prefixes }) => prefixes.length === 0 || prefixes.some((prefix) => number.startsWith(prefix)),
  );
}

/** A call to this number by this trunk, as an Asterisk dial string; null for what is no number. */
export function dialStringBy(number: E164, { name, numberFormat }: Trunk): string | null {
  const parsed = parsePhoneNumber(number);
  return parsed.ok ? checked(`PJSIP/${writeNumber(parsed.number.e164, numberFormat)}@${name}`) : null;
}

/**
 * Where a call to this number may go first, as an Asterisk dial string; null when there is no way.
 * Built from the digits of a validated number only, and looked at once more before it leaves.
 */
export function dialString(number: E164, table: RoutingTable): string | null {
  const [trunk] = carriersOf(number, table.trunks);
  return testPhoneOf(number, table) ?? (trunk === undefined ? null : dialStringBy(number, trunk));
}

/** Whether policy lets this number be called, and there is a way to it. */
export function mayBeCalled(number: E164, allowList: readonly string[], table: RoutingTable): boolean {
  const parsed = parsePhoneNumber(number);
  return parsed.ok && rulePhoneNumber(parsed.number, allowList).allowed && dialString(number, table) !== null;
}

function checked(endpoint: string): string {
  const [whole, trunk] = /^PJSIP\/(?:\d{4}(?:-browser)?|\+?\d{3,15}@([a-z0-9-]+))$/.exec(endpoint) ?? [];
  if (whole === undefined || (trunk !== undefined && !isTrunkName(trunk)))
    throw new Error("not a dial string of ours");
  return endpoint;
}
