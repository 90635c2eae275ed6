import type { Config } from "../config.js";
import type { CallLimits } from "../clients/call-limits.js";
import type { CallPrices } from "../verification/call-price.js";
import { HANGUP_GRACE_MS } from "./line.js";

/** What bounds the calls of a client that has no limits of its own. */
export function callLimits(config: Config, prices: CallPrices, messagePartPrice: number): CallLimits {
  return {
    perNumberPerHour: config.maxCallsPerNumberPerHour,
    perBlockPerHour: config.maxCallsPerBlockPerHour,
    perMinute: config.maxCallsPerMinute,
    registrationsPerMinute: config.maxRegistrationsPerMinute,
    registrationsPerDay: config.maxRegistrationsPerDay,
    enrollments: config.maxEnrollments,
    budget: { day: config.budgetYenPerDay, month: config.budgetYenPerMonth },
    ownBudget: { day: null, month: null },
    prices,
    messagePartPrice,
    messageAlphabet: config.sms.some(({ alphabet }) => alphabet === "ucs2") ? "ucs2" : "auto",
    // It is hung up then, and a step of its price may begin before that is done.
    longestCallMs: config.maxConversationSeconds * 1000 + HANGUP_GRACE_MS,
  };
}
