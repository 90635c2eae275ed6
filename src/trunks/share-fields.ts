import { number, whole } from "../setting.js";
import { field, PREFIXES, prefixes } from "./trunk-field.js";

/** Which calls a trunk gets, and how many. */
export const SHARE_FIELDS = {
  maxCalls: field(whole(30, 1, 10_000), "1 to 10000", "calls out at one time, of all nodes together"),
  maxCps: field(number(5, 0.1, 1000), "0.1 to 1000", "new calls in any second, of all nodes together"),
  prefixes: field(prefixes, PREFIXES, "numbers that it carries", { unset: "all" }),
  order: field(whole(1, 1, 1000), "1 to 1000", "which trunk is tried first: the least"),
  weight: field(whole(1, 1, 1000), "1 to 1000", "share of the calls among trunks of the same order"),
  silenceSeconds: field(
    number(8, 0.5, 64),
    "0.5 to 64",
    "without any answer, not even 100, before another trunk is tried",
  ),
} as const;
