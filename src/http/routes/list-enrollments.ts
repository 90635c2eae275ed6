import type { RequestHandler } from "express";
import { listEnrollments as list } from "../../store/enrollments.js";
import { presentEnrollment } from "../../store/present-enrollment.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { enrollmentQuery } from "../enrollment-schemas.js";
import { numberIndexOf, pageOf } from "../list-page.js";
import { parseFields } from "../parse-body.js";

/** `GET /v1/enrollments`: this client's, newest first, `{data, next_cursor}`. */
export function listEnrollments(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parseFields(enrollmentQuery, request.query);
    const rows = await list(store.read, {
      clientId: clientOf(request, response),
      numberIndex: numberIndexOf(store, query.phone_number),
      beforeSeq: query.cursor,
      limit: query.limit + 1,
    });
    response.json(
      pageOf(
        rows,
        query.limit,
        (row) => row.seq,
        (row) => presentEnrollment(row, store.vault),
      ),
    );
  };
}
