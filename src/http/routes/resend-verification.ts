import type { RequestHandler } from "express";
import { resend } from "../../acts/resend.js";
import type { DialLimits } from "../../clients/call-limits.js";
import type { Clock } from "../../clock.js";
import { presentVerification } from "../../representation/verification.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { blocked } from "../callable-number.js";
import { barred } from "../limit-refusals.js";
import { parseBody } from "../parse-body.js";
import { Problem, stopping } from "../problem.js";
import { refuseWithoutGateway, type SmsAvailability } from "../sms-availability.js";
import { resendBody } from "../verification-schemas.js";

interface ResendParts extends SmsAvailability {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: DialLimits;
  readonly accepting: () => boolean;
}

/** `POST /v1/verifications/{id}/resend`: the code is told at once, by this channel; what was to come gives way. */
export function resendVerification(parts: ResendParts): RequestHandler {
  const { store, clock, limits } = parts;
  return async (request, response) => {
    if (!parts.accepting()) throw stopping();
    const { channel } = parseBody(resendBody, request);
    const id = String(request.params["id"]);
    if (channel === "sms") refuseWithoutGateway(parts);
    const resending = await resend(store, clientOf(request, response), id, channel, limits, clock());
    switch (resending.kind) {
      case "unknown":
        throw new Problem("verification_not_found", "no verification of yours has this id");
      case "not_applicable":
        throw new Problem("resend_not_applicable", "its code is keyed on the telephone, or it has none");
      case "no_such_channel":
        throw new Problem("resend_not_applicable", `it was not registered for ${channel}`);
      case "in_progress":
        throw new Problem("attempt_in_progress", "a call or a message is under way");
      case "ended":
        throw new Problem("verification_ended", `it is ${resending.status} already`);
      case "blocked":
        throw blocked(resending.block);
      case "barred":
        throw barred(response, resending.bar, clock());
      case "due":
        response.json(presentVerification(resending.stored, store.vault));
    }
  };
}
