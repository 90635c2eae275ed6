import type { RequestHandler } from "express";
import { listVerifications } from "../../store/list-verifications.js";
import type { Store } from "../../store/store.js";
import { parsePhoneNumber } from "../../verification/phone-number.js";
import { clientOf } from "../authenticate.js";
import { parseFields } from "../parse-body.js";
import { presentVerification } from "../../store/present-verification.js";
import { Problem } from "../problem.js";
import { listQuery } from "../schemas.js";

/** `GET /v1/verifications`: this client's, newest first, `{data, next_cursor}`. */
export function listRoute(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parseFields(listQuery, request.query);
    const page = await listVerifications(store.read, {
      clientId: clientOf(request, response),
      status: query.status,
      numberIndex: query.phone_number === undefined ? undefined : numberIndex(store, query.phone_number),
      createdAfter: query.created_after,
      beforeSeq: query.cursor,
      // One more than asked for tells whether there is a next page.
      limit: query.limit + 1,
    });
    const data = page.slice(0, query.limit);
    const last = data.at(-1);
    response.json({
      data: data.map((stored) => presentVerification(stored, store.vault)),
      next_cursor: page.length > query.limit && last !== undefined ? cursorOf(last.verification.seq) : null,
    });
  };
}

function numberIndex(store: Store, input: string): Buffer {
  const parsed = parsePhoneNumber(input);
  if (parsed.ok) return store.vault.indexNumber(parsed.number.e164);
  throw new Problem("invalid_request", "one or more fields are wrong", [
    { field: "phone_number", detail: parsed.detail },
  ]);
}

/** Opaque to clients; see `listQuery` for the way back. */
function cursorOf(seq: number): string {
  return Buffer.from(`v1:${seq}`).toString("base64url");
}
