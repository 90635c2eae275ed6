import type { RequestHandler } from "express";
import { listVerifications } from "../../store/list-verifications.js";
import type { Store } from "../../store/store.js";
import { clientOf } from "../authenticate.js";
import { numberIndexOf, pageOf, readCursor } from "../list-page.js";
import { parseFields } from "../parse-body.js";
import { presentVerification } from "../../representation/verification.js";
import { listQuery } from "../verification-schemas.js";

/** `GET /v1/verifications`: this client's, newest first, `{data, next_cursor}`. */
export function listRoute(store: Store): RequestHandler {
  return async (request, response) => {
    const query = parseFields(listQuery, request.query);
    const clientId = clientOf(request, response);
    const numberIndex = numberIndexOf(store, query.phone_number);
    const of = { clientId, list: "verifications", status: query.status, numberIndex } as const;
    const rows = await listVerifications(store.read, {
      clientId,
      status: query.status,
      numberIndex,
      createdAfter: query.created_after,
      beforeSeq: readCursor(store.vault, of, query.cursor),
      limit: query.limit + 1,
    });
    response.json(
      pageOf(rows, {
        vault: store.vault,
        of,
        limit: query.limit,
        seqOf: ({ verification }) => verification.seq,
        present: (stored) => presentVerification(stored, store.vault),
      }),
    );
  };
}
