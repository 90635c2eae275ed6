import type { RequestHandler } from "express";
import type { Clock } from "../../clock.js";
import { cancel } from "../../acts/cancel.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { presentVerification } from "../../representation/verification.js";
import { Problem } from "../problem.js";

/** `POST /v1/verifications/{id}/cancel`: no body; a call in progress is hung up. */
export function cancelVerification(store: Store, clock: Clock): RequestHandler {
  return async (request, response) => {
    const id = String(request.params["id"]);
    const cancellation = await cancel(store, clientOf(request, response), id, clock());
    switch (cancellation.kind) {
      case "unknown":
        throw new Problem("verification_not_found", "no verification of yours has this id");
      case "ended":
        throw new Problem("verification_ended", `it is ${cancellation.stored.verification.status} already`);
      case "canceled":
        response.json(presentVerification(cancellation.stored, store.vault));
    }
  };
}
