import type { CallPrices } from "../verification/call-price.js";
import type { ClientSettings } from "./client-settings.js";
import type { GuardLimits } from "../verification/guard-limits.js";

export interface YenBudget {
  /** Null: none of its own. */
  readonly day: number | null;
  readonly month: number | null;
}

/** What bounds the calls of a client: its own settings, else those of the service. */
export interface CallLimits {
  /** Over all clients. */
  readonly perNumberPerHour: number;
  /** To the 10,000 numbers that share all but their last four digits; over all clients. */
  readonly perBlockPerHour: number;
  readonly perMinute: number;
  readonly registrationsPerMinute: number;
  readonly registrationsPerDay: number;
  readonly enrollments: number;
  /** Of all clients together, yen. */
  readonly budget: YenBudget;
  /** Of this client, yen. */
  readonly ownBudget: YenBudget;
  readonly prices: CallPrices;
  /** Of a part of a message, thousandths of a yen. */
  readonly messagePartPrice: number;
  /** `ucs2`: a gateway sends all texts so, and parts are counted as that one counts them. */
  readonly messageAlphabet: "auto" | "ucs2";
  /** After which an answered call is over at the latest. */
  readonly longestCallMs: number;
}

/** What is held against a number, and what bounds calls to it. */
export interface DialLimits extends GuardLimits {
  readonly calls: CallLimits;
}

/** The limits as they are for one client. */
export function limitsOfClient(service: CallLimits, client: ClientSettings): CallLimits {
  return {
    ...service,
    perNumberPerHour: client.max_calls_per_number_per_hour ?? service.perNumberPerHour,
    perBlockPerHour: client.max_calls_per_block_per_hour ?? service.perBlockPerHour,
    perMinute: client.max_calls_per_minute ?? service.perMinute,
    registrationsPerMinute: client.max_registrations_per_minute ?? service.registrationsPerMinute,
    registrationsPerDay: client.max_registrations_per_day ?? service.registrationsPerDay,
    enrollments: client.max_enrollments ?? service.enrollments,
    ownBudget: { day: client.budget_yen_per_day, month: client.budget_yen_per_month },
  };
}
