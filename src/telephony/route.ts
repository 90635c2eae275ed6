import { rulePhoneNumber } from "../verification/outbound-policy.js";
import { type E164, parsePhoneNumber } from "../verification/phone-number.js";

export interface RoutingTable {
  readonly hasTrunk: boolean;
  readonly trunkNumberFormat: "national" | "e164";
  /** Softphones registered at the bundled Asterisk, by the number that rings them. */
  readonly testPhones: ReadonlyMap<E164, string>;
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
  if (extension !== undefined) return checked(`PJSIP/${extension}`);
  if (!table.hasTrunk) return null;
  const parsed = parsePhoneNumber(number);
  if (!parsed.ok) return null;
  const national = table.trunkNumberFormat === "national" && parsed.number.country === "JP";
  return checked(`PJSIP/${national ? parsed.number.national : number}@trunk`);
}

/** Whether policy lets this number be called, and there is a way to it. */
export function mayBeCalled(number: E164, allowList: readonly string[], table: RoutingTable): boolean {
  const parsed = parsePhoneNumber(number);
  return parsed.ok && rulePhoneNumber(parsed.number, allowList).allowed && dialString(number, table) !== null;
}

function checked(endpoint: string): string {
  if (!/^PJSIP\/(\d{4}|\+?\d{3,15}@trunk)$/.test(endpoint)) throw new Error("not a dial string of ours");
  return endpoint;
}
