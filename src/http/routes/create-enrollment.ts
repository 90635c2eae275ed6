import type { RequestHandler } from "express";
import { type DialLimits, limitsOfClient } from "../../clients/call-limits.js";
import { enroll } from "../../acts/enroll.js";
import { findEnrollment } from "../../store/enrollments.js";
import { presentEnrollment } from "../../representation/enrollment.js";
import { clientOf, settingsOf } from "../authenticate.js";
import { asClientEnrollment } from "../client-request.js";
import { enrollmentRow } from "../enrollment-request.js";
import { enrollmentBody } from "../enrollment-schemas.js";
import { Creation, type CreationParts } from "../creation.js";
import { parseBody } from "../parse-body.js";
import { Problem } from "../problem.js";

interface EnrollParts extends CreationParts {
  readonly limits: DialLimits;
  /** Numbers at which calls arrive, as `canonicalDid` spells them. */
  readonly dids: readonly string[];
}

/** Of an enrollment, when it was answered first. */
const AT_FIRST = { last_used_at: null, wrong_pins_proved: 0, wrong_pins_unproved: 0 };

/** `POST /v1/enrollments`: stores durably, then answers 201. */
export function createEnrollment(parts: EnrollParts): RequestHandler {
  const { store, clock, limits, dids } = parts;
  const creation = new Creation(parts);
  return async (request, response) => {
    const clientId = clientOf(request, response);
    creation.refuseWithoutRoom();
    const settings = settingsOf(response);
    const sent = parseBody(enrollmentBody, request);
    const body = asClientEnrollment(sent, settings);
    const row = await enrollmentRow(store, clientId, body, dids, clock());
    const own = limitsOfClient(limits.calls, settings);
    const enrolling = await creation.run(request, response, {
      sent,
      perMinute: own.registrationsPerMinute,
      exists: async () =>
        body.id !== undefined && (await findEnrollment(store.read, clientId, row.id)) !== undefined,
      create: (idempotency) => enroll(store, row, own, idempotency),
    });
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
      case "too_many":
        throw new Problem("too_many_enrollments", `at most ${enrolling.max}; delete those that are not used`);
      case "gone":
        throw new Problem("enrollment_not_found", "what this Idempotency-Key enrolled was deleted");
      case "conflict":
      case "key_reused":
      case "too_many_today":
      case "too_many_now":
        throw creation.problemOf(enrolling, response);
    }
  };
}
