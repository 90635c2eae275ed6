import type { RequestHandler } from "express";
import type { Clock } from "../../clock.js";
import { endEnrollment } from "../../acts/end-enrollment.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { Problem } from "../problem.js";

/** `DELETE /v1/enrollments/{id}`: 204; a call of it in progress is hung up. */
export function deleteEnrollment(store: Store, clock: Clock): RequestHandler {
  return async (request, response) => {
    const id = String(request.params["id"]);
    const known = await endEnrollment(store, clientOf(request, response), id, clock());
    if (!known) throw new Problem("enrollment_not_found", "no enrollment of yours has this id");
    response.status(204).end();
  };
}
