import type { RequestHandler } from "express";
import type { Receipts } from "../../receipts/receipts.js";
import type { Store } from "../../store/store.js";
import { readVerification } from "../../store/verifications.js";
import { clientOf } from "../authenticate.js";
import { parseFields } from "../parse-body.js";
import { Problem } from "../problem.js";
import { receiptQuery } from "../verification-schemas.js";

/** `GET /v1/verifications/{id}/receipt`: signed when it is asked for. */
export function readReceipt(store: Store, receipts: Receipts): RequestHandler {
  return async (request, response) => {
    const { number } = parseFields(receiptQuery, request.query);
    const id = String(request.params["id"]);
    const stored = await readVerification(store.read, clientOf(request, response), id);
    if (stored === undefined)
      throw new Problem("verification_not_found", "no verification of yours has this id");
    const made = await receipts.of(stored, number);
    if (made === null) throw new Problem("verification_not_ended", `it is ${stored.verification.status}`);
    response.json({ receipt: made.receipt });
  };
}
