import express, { type Express } from "express";
import helmet from "helmet";
import type { Logger } from "../log.js";
import { Admission } from "./admission.js";
import { type OnAnswered, tellAnswered } from "./answered.js";
import { authenticate } from "./authenticate.js";
import { docsPage } from "./docs.js";
import { openApiDocument } from "./openapi/document.js";
import { Problem, problemResponder } from "./problem.js";
import { cancelVerification } from "./routes/cancel-verification.js";
import { createEnrollment } from "./routes/create-enrollment.js";
import { deleteEnrollment } from "./routes/delete-enrollment.js";
import { listEnrollments } from "./routes/list-enrollments.js";
import { readBody } from "./read-body.js";
import { checkVerification } from "./routes/check-verification.js";
import { listRoute } from "./routes/list-verifications.js";
import { getEnrollment } from "./routes/read-enrollment.js";
import { publishedKeysRoute } from "./routes/published-keys.js";
import { readReceipt } from "./routes/read-receipt.js";
import { RegistrationRate } from "./registration-rate.js";
import { getVerification, verificationResult } from "./routes/read-verification.js";
import { renewPinRoute } from "./routes/renew-pin.js";
import { registerVerification, type RegisterParts } from "./routes/register-verification.js";
import { resendVerification } from "./routes/resend-verification.js";
import { usageRoute } from "./routes/read-usage.js";
import { smsReports } from "./routes/sms-report.js";
import { WrongKeys } from "./wrong-keys.js";
import type { ReportDoor } from "../sms/http/report-door.js";
import { type ReceiptSettings, Receipts } from "../receipts/receipts.js";
import type { Tariff } from "../usage/tariff-schema.js";

export interface ApiParts extends Omit<RegisterParts, "rate"> {
  readonly tariff: Tariff;
  /** Absent: as the settings have it where nothing is set. */
  readonly receipts?: ReceiptSettings;
  /** Of this software, for the OpenAPI document. */
  readonly version: string;
  readonly log: Logger;
  /** Shared with the stream of events; without one the API counts wrong keys by itself. */
  readonly admission?: Admission;
  readonly onAnswered?: OnAnswered;
  /** Where gateways for SMS tell what became of messages; without it there is no such path. */
  readonly smsReports?: ReportDoor;
}

/** The API as an Express application; see DESIGN section 3 for the contract. */
export function createApi(parts: ApiParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  if (parts.onAnswered !== undefined) app.use(tellAnswered(parts.onAnswered));
  app.use(helmet({ contentSecurityPolicy: { directives: { defaultSrc: ["'none'"] } } }));
  app.use((_request, response, next) => {
    // Results are personal and change: no cache on the way may keep one.
    response.setHeader("Cache-Control", "no-store");
    next();
  });

  // No key is needed to read what everybody may know.
  const document = JSON.stringify(openApiDocument(parts.version));
  app.get("/openapi.json", (_request, response) => {
    response.type("application/json").send(document);
  });
  app.use(docsPage());
  const receipts = new Receipts(parts.store, parts.clock, parts.receipts);
  app.route("/.well-known/jwks.json").get(publishedKeysRoute(receipts)).all(notAllowed("GET"));

  const registering = { ...parts, rate: new RegistrationRate() };
  // Or an id `Result` would be taken for the path of that name.
  const v1 = express.Router({ caseSensitive: true });
  const { store, clock, log } = parts;
  v1.use(authenticate(parts.admission ?? new Admission(store, clock, new WrongKeys(clock, log))));
  v1.use(readBody());
  v1.route("/verifications")
    .get(listRoute(parts.store))
    .post(registerVerification(registering))
    .all(notAllowed("GET, POST"));
  v1.route("/verifications/result").post(verificationResult(parts.store)).all(notAllowed("POST"));
  v1.route("/verifications/:id").get(getVerification(parts.store)).all(notAllowed("GET"));
  v1.route("/verifications/:id/receipt").get(readReceipt(parts.store, receipts)).all(notAllowed("GET"));
  v1.route("/verifications/:id/cancel")
    .post(cancelVerification(parts.store, parts.clock))
    .all(notAllowed("POST"));
  v1.route("/verifications/:id/resend").post(resendVerification(parts)).all(notAllowed("POST"));
  v1.route("/enrollments")
    .get(listEnrollments(parts.store, parts.limits))
    .post(createEnrollment(registering))
    .all(notAllowed("GET, POST"));
  v1.route("/enrollments/:id")
    .get(getEnrollment(parts.store, parts.limits))
    .delete(deleteEnrollment(parts.store, parts.clock))
    .all(notAllowed("GET, DELETE"));
  v1.route("/enrollments/:id/pin").post(renewPinRoute(parts)).all(notAllowed("POST"));
  v1.route("/verifications/:id/check").post(checkVerification(parts)).all(notAllowed("POST"));
  v1.route("/usage")
    .get(usageRoute(parts.store, parts.clock, parts.tariff))
    .all(notAllowed("GET"));
  v1.route("/events").get(webSocketOnly).all(notAllowed("GET"));
  app.use("/v1", v1);
  if (parts.smsReports?.isUsed) app.use("/sms/reports", smsReports(parts.smsReports));

  app.use(() => {
    throw new Problem("not_found", "no such path");
  });
  app.use(problemResponder(parts.log));
  return app;
}

/** Requests for a WebSocket go to the server's `upgrade` and never come here. */
function webSocketOnly(_request: express.Request, response: express.Response): never {
  response.setHeader("Upgrade", "websocket");
  throw new Problem("upgrade_required", "connect with a WebSocket client");
}

function notAllowed(allow: string): express.RequestHandler {
  return (_request, response) => {
    response.setHeader("Allow", allow);
    throw new Problem("method_not_allowed", `use ${allow}`);
  };
}
