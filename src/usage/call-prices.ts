import type { CallPrice, CallPrices } from "../verification/call-price.js";
import type { LineType } from "../verification/phone-number.js";
import type { Tariff } from "./tariff-schema.js";

/** What budgets count: the carrier's prices where they are given, else those that clients are charged. */
export function callPrices({ outbound }: Tariff): CallPrices {
  const of = (lineType: LineType): CallPrice => {
    const cost = outbound.cost?.[lineType];
    return cost === undefined
      ? { perCall: thousandths(outbound.per_unit[lineType]), perStep: 0, stepSeconds: 60 }
      : {
          perCall: thousandths(cost.per_call),
          perStep: thousandths(cost.per_step),
          stepSeconds: cost.step_seconds,
        };
  };
  return { fixed: of("fixed"), mobile: of("mobile"), ip: of("ip"), unknown: of("unknown") };
}

/** The same of a part of a message. */
export function messagePartPrice({ sms }: Tariff): number {
  return thousandths(sms.cost ?? sms.per_unit);
}

/** Rounded up: a price of 0.0004 yen is not nothing. */
function thousandths(yen: number): number {
  return Math.ceil(yen * 1000 - 1e-6);
}
