import { RECEIPT_DEFAULTS, Receipts } from "../../receipts/receipts.js";
import { readVerification } from "../../store/verifications.js";
import type { ConsoleParts } from "../console-parts.js";
import { Refusal } from "../refusal.js";
import type { SignedInRoute } from "../signed-in.js";

/**
 * `GET /api/verifications/:client/:id/receipt`, as a file. Of the number its keyed hash alone, whatever is set: to see
 * a whole one takes a reason.
 */
export function receiptRoute({ store, clock, receipts = RECEIPT_DEFAULTS }: ConsoleParts): SignedInRoute {
  const made = new Receipts(store, clock, receipts);
  return async ({ params }, response) => {
    const id = String(params["id"]);
    const stored = await readVerification(store.read, String(params["client"]), id);
    if (stored === undefined) throw new Refusal("not_found", "there is no such verification");
    const receipt = await made.of(stored, "hash");
    if (receipt === null) throw new Refusal("conflict", "it has not ended yet");
    response.attachment(`receipt-${id}.jwt`);
    response.type("application/jwt").send(`${receipt.receipt}\n`);
  };
}
