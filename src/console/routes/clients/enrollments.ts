import { endEnrollmentWithin } from "../../../acts/end-enrollment.js";
import { enrollWithin } from "../../../acts/enroll.js";
import { noteAudit } from "../../../acts/note-audit.js";
import { limitsOfClient } from "../../../clients/call-limits.js";
import { asClientEnrollment } from "../../../http/client-request.js";
import { enrollmentRow } from "../../../http/enrollment-request.js";
import { enrollmentBody } from "../../../http/enrollment-schemas.js";
import { numberIndexOf } from "../../../http/list-page.js";
import { parseBody } from "../../../http/parse-body.js";
import { presentEnrollment } from "../../../representation/enrollment.js";
import { didsOfClient } from "../../../store/client-dids.js";
import { type EnrollmentRow, findEnrollment, listEnrollments } from "../../../store/enrollments.js";
import { readClientSettings } from "../../../store/stored-client-settings.js";
import { maskNumber } from "../../../verification/phone-number.js";
import type { ConsoleParts } from "../../console-parts.js";
import {
  type EnrollmentPage,
  searchEnrollmentsSchema,
  type ShownEnrollment,
} from "../../contract/client-enrollments.js";
import { Refusal } from "../../refusal.js";
import { type SignedInRoute, whoIs } from "../../signed-in.js";
import { namedClient } from "./named-client.js";

const PAGE = 50;

/** Numbers that a client has enrolled. */
export class ClientEnrollmentRoutes {
  readonly #parts: ConsoleParts;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `POST /api/clients/:id/enrollments/search`: newest first, or those of a number, or of an id. */
  readonly search: SignedInRoute = async (request, response) => {
    const { store } = this.#parts;
    const { phone_number: number, id, before } = parseBody(searchEnrollmentsSchema, request);
    const numberIndex = numberIndexOf(store, number);
    const client = await namedClient(store, request);
    const rows = await this.#found(client.id, id, numberIndex, before);
    const page = rows.slice(0, PAGE);
    const body: EnrollmentPage = {
      enrollments: page.map((row) => this.#shown(row)),
      next_before: rows.length > PAGE ? (page.at(-1)?.seq ?? null) : null,
    };
    response.json(body);
  };

  /** `POST /api/clients/:id/enrollments`: as the API does, within the same limits. */
  readonly make: SignedInRoute = async (request, response, session) => {
    const { store, clock, clients } = this.#parts;
    const sent = parseBody(enrollmentBody, request);
    const client = await namedClient(store, request);
    if (!clients.diskHasRoom()) throw new Refusal("busy", "the disk is nearly full");
    const settings = await readClientSettings(store.read, client.id);
    if ((await didsOfClient(store.read, client.id, clients.dids)).length === 0) {
      throw new Refusal("no_did", "no number at which calls arrive is configured (HONNIN_DIDS)");
    }
    const body = asClientEnrollment(sent, settings);
    const row = await enrollmentRow(store, client.id, body, clients.dids, clock());
    const limits = limitsOfClient(clients.limits.calls, settings);
    const enrolling = await store.write(async (db) => {
      const outcome = await enrollWithin(db, row, limits, null);
      if (outcome.kind === "created") {
        await noteAudit(db, store.vault, whoIs(session, request), clock(), {
          act: "enrollment.created",
          target: row.id,
          details: { client: client.name },
        });
      }
      return outcome;
    });
    switch (enrolling.kind) {
      case "created":
        response.status(201).json(this.#shown(enrolling.enrollment));
        return;
      case "too_many_today":
      case "too_many_now":
      case "too_many":
        throw new Refusal("limit_reached", `at most ${enrolling.max}`);
      case "repeated":
      case "conflict":
      case "replayed":
      case "key_reused":
      case "gone":
        throw new Refusal("id_taken", "the client has an enrollment of this id");
    }
  };

  /** `DELETE /api/clients/:id/enrollments/:enrollment`; a call of it in progress is hung up. */
  readonly end: SignedInRoute = async (request, response, session) => {
    const { store, clock } = this.#parts;
    const client = await namedClient(store, request);
    const id = String(request.params["enrollment"]);
    const done = await store.write(async (db) => {
      if (!(await endEnrollmentWithin(db, store.vault, client.id, id, clock()))) return false;
      await noteAudit(db, store.vault, whoIs(session, request), clock(), {
        act: "enrollment.ended",
        target: id,
        details: { client: client.name },
      });
      return true;
    });
    if (!done) throw new Refusal("not_found", "this client has no such enrollment");
    response.status(204).end();
  };

  async #found(
    clientId: string,
    id: string | undefined,
    numberIndex: Buffer | undefined,
    beforeSeq: number | undefined,
  ): Promise<EnrollmentRow[]> {
    const { read } = this.#parts.store;
    if (id === undefined) {
      return listEnrollments(read, { clientId, numberIndex, beforeSeq, limit: PAGE + 1 });
    }
    const row = await findEnrollment(read, clientId, id);
    const fits = numberIndex === undefined || row?.number_index.equals(numberIndex) === true;
    return row === undefined || !fits ? [] : [row];
  }

  #shown(row: EnrollmentRow): ShownEnrollment {
    const { store, clients } = this.#parts;
    const one = presentEnrollment(row, store.vault, clients.limits.maxWrongPins);
    return {
      id: one.id,
      number: maskNumber(one.phone_number),
      ...{ line_type: one.line_type, dids: one.dids, has_pin: one.has_pin, pin_locked: one.pin_locked },
      ...{ locale: one.locale, created_at: one.created_at, expires_at: one.expires_at },
      last_used_at: one.last_used_at,
    };
  }
}
