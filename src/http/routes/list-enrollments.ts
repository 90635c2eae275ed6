import type { RequestHandler } from "express";
import { listEnrollments as list } from "../../store/enrollments.js";
import type { GuardLimits } from "../../verification/guard-limits.js";
import { presentEnrollment } from "../../representation/enrollment.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { enrollmentQuery } from "../enrollment-schemas.js";
import { numberIndexOf, pageOf, readCursor } from "../list-page.js";
import { parseFields } from "../parse-body.js";

/** `GET /v1/enrollments`: this client's, newest first, `{data, next_cursor}`. */
export function listEnrollments(store: Store, { maxWrongPins }: GuardLimits): RequestHandler {
  return async (request, response) => {
    const query = parseFields(enrollmentQuery, request.query);
    const clientId = clientOf(request, response);
    const numberIndex = numberIndexOf(store, query.phone_number);
    const of = { clientId, list: "enrollments", numberIndex } as const;
    const rows = await list(store.read, {
      clientId,
      numberIndex,
      beforeSeq: readCursor(store.vault, of, query.cursor),
      limit: query.limit + 1,
    });
    response.json(
      pageOf(rows, {
        vault: store.vault,
        of,
        limit: query.limit,
        seqOf: ({ seq }) => seq,
        present: (row) => presentEnrollment(row, store.vault, maxWrongPins),
      }),
    );
  };
}
