import type { RequestHandler } from "express";
import type { Clock } from "../../clock.js";
import type { Store } from "../../store/store.js";
import { monthOf, parseMonth } from "../../usage/month.js";
import { makeStatement } from "../../usage/statement.js";
import type { Tariff } from "../../usage/tariff-schema.js";
import { clientOf } from "../authenticate.js";
import { parseFields } from "../parse-body.js";
import { Problem } from "../problem.js";
import { usageQuery } from "../verification-schemas.js";

/** `GET /v1/usage?month=YYYY-MM`: counts and charges of a month in Japan's time; the current one by default. */
export function usageRoute(store: Store, clock: Clock, tariff: Tariff): RequestHandler {
  return async (request, response) => {
    const query = parseFields(usageQuery, request.query);
    const month = query.month === undefined ? monthOf(clock()) : parseMonth(query.month);
    if (month === undefined) throw new Problem("invalid_request", "month is not YYYY-MM");
    const counts = await store.meter.read({
      clientId: clientOf(request, response),
      from: month.from,
      to: month.to,
      includedCalls: tariff.outbound.included,
    });
    response.json(makeStatement(month.name, counts, tariff));
  };
}
