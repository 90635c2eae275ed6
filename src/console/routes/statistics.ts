import { parseFields } from "../../http/parse-body.js";
import { unhurried } from "../../http/unhurried.js";
import { time } from "../../representation/time.js";
import { listClients } from "../../store/clients.js";
import type { ConsoleParts } from "../console-parts.js";
import { type Statistics, statisticsQuerySchema } from "../contract/statistics.js";
import { Refusal } from "../refusal.js";
import type { SignedInRoute } from "../signed-in.js";
import { spanOf } from "../statistics-span.js";

/** `GET /api/statistics?step=&steps=&until=&client=`: counted beside the event loop, whatever is asked for. */
export function statisticsRoute({ store, clock, trunkMaxCalls }: ConsoleParts): SignedInRoute {
  return async (request, response) => {
    unhurried(request);
    const { step, steps, until, client } = parseFields(statisticsQuerySchema, request.query);
    const now = clock();
    const clients = (await listClients(store.read)).map(({ id, name }) => ({ id, name }));
    if (client !== undefined && !clients.some(({ id }) => id === client)) {
      throw new Refusal("not_found", "there is no such client");
    }
    // A time that is to come is now: nothing is known of it.
    const lastAt = until === undefined ? now : Math.min(now, Date.parse(until) - 1);
    const span = spanOf(step, steps, lastAt);
    const counted = await store.meter.statistics({ ...span, clientId: client ?? null, now });
    const body: Statistics = {
      step,
      from: time(span.from),
      to: time(span.to),
      clients,
      trunk_max_calls: trunkMaxCalls,
      points: counted.map(({ from, statuses, reasons, wrongCodes, calls, ...rest }) => ({
        ...{ statuses, reasons, calls },
        from: time(from),
        to: time(from + span.step),
        wrong_codes: wrongCodes,
        to_answer: rest.toAnswer,
        to_verdict: rest.toVerdict,
        most_calls: rest.mostCalls,
      })),
    };
    response.json(body);
  };
}
