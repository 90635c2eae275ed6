import type { Statement, StatementLine } from "../representation/statement.js";
import type { UsageCounts } from "../store/count-usage.js";
import type { Tariff } from "./tariff-schema.js";

/** Prices a month's counts. Pure, so that a bill can be made again from the stored calls at any time. */
export function makeStatement(month: string, counts: UsageCounts, tariff: Tariff): Statement {
  const lines = [
    ...inboundLines(counts, tariff),
    ...outboundLines(counts, tariff),
    ...smsLines(counts, tariff),
  ];
  return {
    month,
    currency: tariff.currency,
    lines,
    total: lines.reduce((sum, line) => sum + line.amount, 0),
  };
}

function base(service: StatementLine["service"], price: number): StatementLine {
  return { service, item: "base", line_type: null, units: 1, seconds: null, price, amount: price };
}

function inboundLines({ inboundRequests }: UsageCounts, { inbound }: Tariff): StatementLine[] {
  return linesOf("inbound", inboundRequests, inbound);
}

function smsLines({ messageParts }: UsageCounts, { sms }: Tariff): StatementLine[] {
  return linesOf("sms", messageParts, sms);
}

/** Those of a service whose units all cost the same. */
function linesOf(
  service: Extract<StatementLine["service"], "inbound" | "sms">,
  units: number,
  price: Pick<Tariff["sms"], "monthly_base" | "included" | "per_unit">,
): StatementLine[] {
  if (units === 0) return [];
  const free = Math.min(units, price.included);
  const charged = units - free;
  const line = { service, line_type: null, seconds: null } as const;
  return [
    base(service, price.monthly_base),
    { ...line, item: "included", units: free, price: 0, amount: 0 },
    { ...line, item: "unit", units: charged, price: price.per_unit, amount: charged * price.per_unit },
  ];
}

function outboundLines({ outboundCalls }: UsageCounts, { outbound }: Tariff): StatementLine[] {
  if (outboundCalls.length === 0) return [];
  const lines = outboundCalls.map(({ lineType, included, calls, seconds }): StatementLine => {
    const price = included ? 0 : outbound.per_unit[lineType];
    return {
      service: "outbound",
      item: included ? "included" : "unit",
      line_type: lineType,
      units: calls,
      seconds,
      price,
      amount: calls * price,
    };
  });
  return [base("outbound", outbound.monthly_base), ...lines];
}
