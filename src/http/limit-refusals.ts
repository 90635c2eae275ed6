import type { Response } from "express";
import type { CallBar } from "../acts/admit-call.js";
import { Problem } from "./problem.js";
import { tellLimit } from "./rate-limit-fields.js";

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

/** The refusal of a registration for which no call would be made. Says which limit, and when there is room again. */
export function barred(response: Response, bar: CallBar, now: number): Problem {
  switch (bar.kind) {
    case "too_many_calls_to_number":
      return new Problem(
        bar.kind,
        `at most ${bar.max} calls an hour to one number`,
        [{ field: "phone_number", detail: `called, or about to be, ${bar.max} times within an hour` }],
        tellReached(response, "calls-to-number", bar.max, HOUR_S, bar.retryAt, now),
      );
    case "too_many_calls_to_prefix":
      return new Problem(
        bar.kind,
        `at most ${bar.max} calls an hour to numbers that differ in the last four digits only`,
        [{ field: "phone_number", detail: `too many calls to numbers beginning like this one` }],
        tellReached(response, "calls-to-prefix", bar.max, HOUR_S, bar.retryAt, now),
      );
    case "budget_exhausted": {
      const { clientId, period } = bar.exhausted;
      const whose = clientId === null ? "of all clients together" : "of this client";
      return new Problem(bar.kind, `the budget ${whose} for calls of this ${period} does not allow one more`);
    }
  }
}

/** The refusal of one more registration on a day. */
export function tooManyToday(response: Response, max: number, retryAt: number, now: number): Problem {
  const waitS = tellReached(response, "registrations-a-day", max, DAY_S, retryAt, now);
  return new Problem("too_many_registrations", `at most ${max} a day`, [], waitS);
}

/** The refusal of one more registration in a minute, by what all nodes have taken. */
export function tooManyNow(response: Response, max: number, retryAt: number, now: number): Problem {
  const waitS = tellReached(response, "registrations", max, MINUTE_S, retryAt, now);
  return new Problem("too_many_registrations", `at most ${max} a minute`, [], waitS);
}

/** @returns seconds until there is room again. */
function tellReached(
  response: Response,
  name: string,
  quota: number,
  windowS: number,
  retryAt: number,
  now: number,
): number {
  const waitS = Math.max(1, Math.ceil((retryAt - now) / 1000));
  tellLimit(response, name, { quota, windowS, remaining: 0, waitS });
  return waitS;
}
