import type { RequestHandler } from "express";
import type { Clock } from "../../clock.js";
import { checkCode } from "../../acts/check-code.js";
import type { GuardLimits } from "../../verification/guard-limits.js";
import { presentVerification } from "../../representation/verification.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { parseBody } from "../parse-body.js";
import { Problem } from "../problem.js";
import { checkBody } from "../verification-schemas.js";

interface CheckParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: GuardLimits;
}

/**
 * `POST /v1/verifications/{id}/check`: judges what the person typed. A wrong code is no refusal of the
 * request: it is answered 200 too, and `status` tells.
 */
export function checkVerification({ store, clock, limits }: CheckParts): RequestHandler {
  return async (request, response) => {
    const { code } = parseBody(checkBody, request);
    const id = String(request.params["id"]);
    const check = await checkCode(store, clientOf(request, response), id, code, limits, clock());
    switch (check.kind) {
      case "unknown":
        throw new Problem("verification_not_found", "no verification of yours has this id");
      case "not_applicable":
        throw new Problem("check_not_applicable", "only for method spoken");
      case "too_early":
        throw new Problem("check_too_early", "nothing has told the person the code yet; not counted");
      case "ended":
        throw new Problem("verification_ended", `it is ${check.status} already`);
      case "judged":
        response.json(presentVerification(check.stored, store.vault));
    }
  };
}
