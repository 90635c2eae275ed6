import type { RequestHandler } from "express";
import type { Clock } from "../../clock.js";
import type { GuardLimits } from "../../verification/guard-limits.js";
import { presentEnrollment } from "../../representation/enrollment.js";
import { renewPin } from "../../acts/renew-pin.js";
import { pinSubject } from "../../verification/code-subject.js";
import type { Store } from "../../store/store.js";
import { hashCode } from "../../verification/code.js";
import { clientOf, settingsOf } from "../authenticate.js";
import { requirePermission } from "../client-request.js";
import { pinBody } from "../enrollment-schemas.js";
import { parseBody } from "../parse-body.js";
import { Problem, wrongField } from "../problem.js";

interface PinParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: GuardLimits;
}

/** `POST /v1/enrollments/{id}/pin`: another PIN, whose counts begin anew; a call of it in progress is hung up. */
export function renewPinRoute({ store, clock, limits }: PinParts): RequestHandler {
  return async (request, response) => {
    const clientId = clientOf(request, response);
    const id = String(request.params["id"]);
    const { pin } = parseBody(pinBody, request);
    requirePermission(settingsOf(response), "keypad");
    const hash = hashCode(store.vault.codeKey, pinSubject({ client_id: clientId, id }), pin);
    const renewal = await renewPin(store, clientId, id, { hash, length: pin.length }, clock());
    switch (renewal.kind) {
      case "renewed":
        response.json(presentEnrollment(renewal.enrollment, store.vault, limits.maxWrongPins));
        return;
      case "unknown":
        throw new Problem("enrollment_not_found", "no enrollment of yours has this id");
      case "same":
        throw wrongField("pin", "it has this PIN already; wrong ones have been keyed, so choose another");
    }
  };
}
