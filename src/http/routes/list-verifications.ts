import type { RequestHandler } from "express";
import { listVerifications } from "../../store/list-verifications.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { cursorOf, numberIndexOf } from "../list-page.js";
import { parseFields } from "../parse-body.js";
import { presentVerification } from "../../store/present-verification.js";
import { listQuery } from "../schemas.js";

/** `GET /v1/verifications`: this client's, newest first, `{data, next_cursor}`. */
export function listRoute(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parseFields(listQuery, request.query);
    const page = await listVerifications(store.read, {
      clientId: clientOf(request, response),
      status: query.status,
      numberIndex: numberIndexOf(store, query.phone_number),
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
