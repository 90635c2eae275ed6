import type { RequestHandler } from "express";
import { listEnrollments as list } from "../../store/enrollments.js";
import { presentEnrollment } from "../../store/present-enrollment.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { enrollmentQuery } from "../enrollment-schemas.js";
import { cursorOf, numberIndexOf } from "../list-page.js";
import { parseFields } from "../parse-body.js";

/** `GET /v1/enrollments`: this client's, newest first, `{data, next_cursor}`. */
export function listEnrollments(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parseFields(enrollmentQuery, request.query);
    const page = await list(store.read, {
      clientId: clientOf(request, response),
      numberIndex: numberIndexOf(store, query.phone_number),
      beforeSeq: query.cursor,
      // One more than asked for tells whether there is a next page.
      limit: query.limit + 1,
    });
    const data = page.slice(0, query.limit);
    const last = data.at(-1);
    response.json({
      data: data.map((row) => presentEnrollment(row, store.vault)),
      next_cursor: page.length > query.limit && last !== undefined ? cursorOf(last.seq) : null,
    });
  };
}
