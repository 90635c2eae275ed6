import type { SettingKey } from "../settings.js";
import { TRUNK_SETTINGS } from "../trunk-settings.js";
import { type Trunk, TRUNK_DEFAULTS, type TrunkKey } from "./trunk.js";

/** What the settings of the only trunk are in an entry of the list; those of all trunks are not among them. */
const ENTRY_KEYS = {
  trunkUri: "uri",
  trunkUsername: "username",
  trunkAuthUsername: "authUsername",
  trunkPassword: "password",
  trunkRegister: "register",
  trunkAddresses: "addresses",
  trunkNumberFormat: "numberFormat",
  trunkDtmf: "dtmf",
  trunkMaxCalls: "maxCalls",
  trunkMaxCps: "maxCps",
  trunkDidFrom: "didFrom",
} as const satisfies Partial<Record<SettingKey & keyof typeof TRUNK_SETTINGS, TrunkKey>>;

type ShortKey = keyof typeof ENTRY_KEYS;
const SHORT_KEYS = Object.keys(ENTRY_KEYS) as ShortKey[];

/** The one trunk, called `trunk`, that HONNIN_TRUNK_* stand for; none without HONNIN_TRUNK_URI. */
export function trunksOfShortForm(settings: Readonly<Partial<Record<ShortKey, unknown>>>): Trunk[] {
  if (settings.trunkUri === undefined) return [];
  const given = Object.fromEntries(SHORT_KEYS.map((key) => [ENTRY_KEYS[key], settings[key]]));
  return [{ ...TRUNK_DEFAULTS, ...given, name: "trunk" } as Trunk];
}

/** Settings of the short form beside a list would have no effect, and nobody would know. */
export function givenBesideList(
  given: Readonly<Partial<Record<ShortKey, { readonly from: string }>>>,
): string[] {
  return SHORT_KEYS.flatMap((key) => {
    const from = given[key]?.from;
    return from === undefined ? [] : [`${from}: got it and trunks, expected one of them`];
  });
}
