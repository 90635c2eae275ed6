import type { Request, RequestHandler } from "express";
import { presentVerification } from "../../representation/verification.js";
import type { Store } from "../../store/store.js";
import { readVerification } from "../../store/verifications.js";
import { clientOf } from "../authenticate.js";
import { parseBody } from "../parse-body.js";
import { Problem } from "../problem.js";
import { resultBody } from "../verification-schemas.js";

/** `POST /v1/verifications/result` (認証結果取得API). */
export function verificationResult(store: Store): RequestHandler {
  return answer(store, (request) => parseBody(resultBody, request).id);
}

/** `GET /v1/verifications/{id}`: the same, REST style. */
export function getVerification(store: Store): RequestHandler {
  return answer(store, (request) => String(request.params["id"]));
}

function answer(store: Store, idOf: (request: Request) => string): RequestHandler {
  return async (request, response) => {
    const stored = await readVerification(store.read, clientOf(request, response), idOf(request));
    // Another client's id is answered like one that never was: no one learns that it exists.
    if (stored === undefined)
      throw new Problem("verification_not_found", "no verification of yours has this id");
    response.json(presentVerification(stored, store.vault));
  };
}
