import type { NumberStanding } from "../acts/number-standing.js";
import type { ClientSettings } from "../clients/client-settings.js";
import { rulePhoneNumber } from "../verification/outbound-policy.js";
import { type E164, parsePhoneNumber, type PhoneNumber } from "../verification/phone-number.js";
import { Problem, wrongField } from "./problem.js";

export interface CallableParts {
  /** E.164 prefixes that may be called against the rule. */
  readonly outboundAllow: readonly string[];
  /** Whether there is any way to this number. */
  readonly canCall: (number: E164) => boolean;
}

/**
 * A number as somebody wrote it, which may be called.
 *
 * @param client whose call it will be.
 * @throws {Problem} `invalid_request`, `number_not_allowed`, `service_unavailable`.
 */
export function callableNumber(
  input: string,
  client: Pick<ClientSettings, "outbound_allow">,
  { outboundAllow, canCall }: CallableParts,
): PhoneNumber {
  const parsed = parsePhoneNumber(input);
  if (!parsed.ok) {
    if (parsed.problem === "special") throw numberNotAllowed(`${parsed.detail} numbers are not called`);
    throw wrongField("phone_number", parsed.detail);
  }
  const ruling = rulePhoneNumber(parsed.number, [...outboundAllow, ...client.outbound_allow]);
  if (!ruling.allowed) throw numberNotAllowed(ruling.why);
  if (!canCall(parsed.number.e164)) {
    throw new Problem("service_unavailable", "no trunk is configured, so this number cannot be called");
  }
  return parsed.number;
}

/** The refusal of a number that is not to be called now. */
export function blocked(block: NonNullable<NumberStanding["block"]>): Problem {
  return numberNotAllowed(
    block === "fraud_reported"
      ? "its holder reported a call that was not asked for"
      : "too many wrong codes in a row",
  );
}

function numberNotAllowed(why: string): Problem {
  return new Problem("number_not_allowed", why, [{ field: "phone_number", detail: why }]);
}
