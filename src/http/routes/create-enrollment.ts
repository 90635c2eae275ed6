import type { RequestHandler } from "express";
import type { Clock } from "../../clock.js";
import { type DialLimits, limitsOfClient } from "../../clients/call-limits.js";
import { enrol } from "../../acts/enroll.js";
import { findEnrollment } from "../../store/enrollments.js";
import { presentEnrollment } from "../../representation/enrollment.js";
import type { Store } from "../../store/store.js";
import { clientOf, settingsOf } from "../authenticate.js";
import { asClientEnrollment } from "../client-request.js";
import { enrollmentRow } from "../enrollment-request.js";
import { enrollmentBody } from "../enrollment-schemas.js";
import { idempotencyOf, Running } from "../idempotency-key.js";
import { tooManyToday } from "../limit-refusals.js";
import { parseBody } from "../parse-body.js";
import { Problem } from "../problem.js";
import type { RegistrationRate } from "../registration-rate.js";

interface EnrolParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly limits: DialLimits;
  readonly rate: RegistrationRate;
  /** False while the disk is nearly full. */
  readonly diskHasRoom: () => boolean;
  /** Numbers at which calls arrive, as `canonicalDid` spells them. */
  readonly dids: readonly string[];
}

/** Of an enrolment, when it was answered first. */
const AT_FIRST = { last_used_at: null, wrong_pins_proved: 0, wrong_pins_unproved: 0 };

/** `POST /v1/enrollments`: stores durably, then answers 201. */
export function createEnrollment({
  store,
  clock,
  limits,
  rate,
  diskHasRoom,
  dids,
}: EnrolParts): RequestHandler {
  const running = new Running();
  return async (request, response) => {
    const clientId = clientOf(request, response);
    if (!diskHasRoom()) throw new Problem("service_unavailable", "the disk is nearly full");
    const settings = settingsOf(response);
    const sent = parseBody(enrollmentBody, request);
    const body = asClientEnrollment(sent, settings);
    const row = await enrollmentRow(store, clientId, body, dids, clock());
    const idempotency = idempotencyOf(request, store, sent);
    const exists = async (): Promise<boolean> =>
      body.id !== undefined && (await findEnrollment(store.read, clientId, row.id)) !== undefined;
    const asked = { clientId, idempotency, exists };
    const own = limitsOfClient(limits.calls, settings);
    const enrolling = await rate.count(store, asked, own.registrationsPerMinute, response, clock(), () =>
      running.once(`${clientId} ${idempotency?.key ?? ""}`, idempotency !== null, () =>
        enrol(store, row, own, idempotency),
      ),
    );
    switch (enrolling.kind) {
      case "created":
      case "replayed":
        response
          .status(201)
          .location(`/v1/enrollments/${enrolling.enrollment.id}`)
          .json(
            presentEnrollment({ ...enrolling.enrollment, ...AT_FIRST }, store.vault, limits.maxWrongPins),
          );
        return;
      case "repeated":
        response.json(presentEnrollment(enrolling.enrollment, store.vault, limits.maxWrongPins));
        return;
      case "conflict":
        throw new Problem("id_conflict", "this id was used with other content", [
          { field: "id", detail: "used before with other content" },
        ]);
      case "key_reused":
        throw new Problem("idempotency_key_reused", "this Idempotency-Key was sent with another request");
      case "too_many_today":
        throw tooManyToday(response, enrolling.max, enrolling.retryAt, clock());
      case "too_many":
        throw new Problem("too_many_enrollments", `at most ${enrolling.max}; delete those that are not used`);
      case "gone":
        throw new Problem("enrollment_not_found", "what this Idempotency-Key enrolled was deleted");
    }
  };
}
