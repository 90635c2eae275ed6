import type { PhoneNumber } from "./phone-number.js";

export type PolicyRuling = { readonly allowed: true } | { readonly allowed: false; readonly why: string };

/**
 * May this number be called? Everything outside Japan and every special class costs money that the
 * company did not mean to spend, or rings nobody: refused unless allow-listed (DESIGN section 5).
 *
 * @param allowList E.164 prefixes (`+1415`, `+81120`), each beginning with `+`.
 */
export function rulePhoneNumber(number: PhoneNumber, allowList: readonly string[]): PolicyRuling {
  if (allowList.some((prefix) => number.e164.startsWith(prefix))) return { allowed: true };
  if (number.country !== "JP") return { allowed: false, why: "numbers outside Japan are not called" };
  if (number.specialClass !== undefined) {
    return { allowed: false, why: `${number.specialClass} numbers are not called` };
  }
  if (number.lineType === "unknown")
    return { allowed: false, why: "not a mobile, fixed or IP telephone line" };
  return { allowed: true };
}
