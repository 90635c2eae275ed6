import type { RequestHandler } from "express";
import { findEnrollment } from "../../store/enrollments.js";
import type { GuardLimits } from "../../verification/guard-limits.js";
import { presentEnrollment } from "../../representation/enrollment.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { Problem } from "../problem.js";

/** `GET /v1/enrollments/{id}`. */
export function getEnrollment(store: Store, { maxWrongPins }: GuardLimits): RequestHandler {
  return async (request, response) => {
    const row = await findEnrollment(store.read, clientOf(request, response), String(request.params["id"]));
    // Another client's id is answered like one that never was: no one learns that it exists.
    if (row === undefined) throw new Problem("enrollment_not_found", "no enrollment of yours has this id");
    response.json(presentEnrollment(row, store.vault, maxWrongPins));
  };
}
