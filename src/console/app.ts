import express, { type Express, type RequestHandler } from "express";
import helmet from "helmet";
import type { AdminRole } from "../admins/role.js";
import { tellAnswered } from "../http/answered.js";
import { bodyDeadline } from "../http/body-deadline.js";
import { readBody } from "../http/read-body.js";
import type { ConsoleParts } from "./console-parts.js";
import { refuseCrossSite } from "./cross-site.js";
import { pages, phonePages } from "./pages.js";
import { Passkeys } from "./passkeys.js";
import { PhoneRoutes } from "./phone/phone-routes.js";
import { Refusal, refusalResponder } from "./refusal.js";
import { AdminRoutes } from "./routes/admins.js";
import { exportRoute } from "./routes/export-verifications.js";
import { addClientRoutes } from "./routes/clients/client-routes.js";
import { LinkRoutes } from "./routes/links.js";
import { logInRoute, logOutRoute, passkeyChallengeRoute, passkeyLogInRoute } from "./routes/log-in.js";
import { OwnAccountRoutes } from "./routes/own-account.js";
import { VerificationRoutes } from "./routes/verifications.js";
import { TestCallRoutes } from "./routes/test-calls.js";
import { promptRoutes } from "./routes/prompts/router.js";
import { receiptRoute } from "./routes/receipt.js";
import { statisticsRoute } from "./routes/statistics.js";
import { usageCsvRoute, usageRoute } from "./routes/usage.js";
import { signedIn, type SignedInRoute } from "./signed-in.js";

/** Shown beside each other by the start page, and by nobody else. */
const FRAMED = /^\/(phone|demo)(\/|$)/;

/** Everything from this server; no inline script or style. */
const POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'", "data:"],
  fontSrc: ["'self'"],
  mediaSrc: ["'self'", "blob:"],
  connectSrc: ["'self'"],
  manifestSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  requireTrustedTypesFor: ["'script'"],
};

/** The console as an Express application: its pages, and the API that they use. */
export function createConsole(parts: ConsoleParts): Express {
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  app.set("query parser", "simple");
  if (parts.onAnswered !== undefined) app.use(tellAnswered(parts.onAnswered));
  const alone = securityHeaders("'none'");
  const framed = securityHeaders("'self'");
  app.use((request, response, next) => {
    (FRAMED.test(request.path) ? framed : alone)(request, response, next);
  });
  app.use(bodyDeadline);
  app.use(refuseCrossSite());
  if (parts.demo !== undefined) app.use(parts.demo);
  app.use("/api", api(parts));
  app.use("/phone", parts.phone === undefined ? nothingHere : phonePages());
  app.use(pages());
  app.use(nothingHere);
  app.use(refusalResponder(parts.log));
  return app;
}

const nothingHere: RequestHandler = () => {
  throw new Refusal("not_found", "there is nothing here");
};
function securityHeaders(frameAncestors: "'none'" | "'self'"): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { ...POLICY, frameAncestors: [frameAncestors] },
    },
    // Nobody is told where somebody came from: addresses of pages hold ids.
    referrerPolicy: { policy: "no-referrer" },
    xFrameOptions: { action: frameAncestors === "'none'" ? "deny" : "sameorigin" },
  });
}

function api(parts: ConsoleParts): RequestHandler {
  const router = express.Router({ caseSensitive: true });
  router.use((_request, response, next) => {
    response.setHeader("Cache-Control", "no-store");
    next();
  });
  router.use(readBody());
  const as = (role: AdminRole, route: SignedInRoute): RequestHandler => signedIn(parts, role, route);
  const passkeys = new Passkeys(parts.store, parts.clock, parts.origin);
  const links = new LinkRoutes(parts, passkeys);
  const own = new OwnAccountRoutes(parts, passkeys);
  const admins = new AdminRoutes(parts);
  const verifications = new VerificationRoutes(parts);
  const testCalls = new TestCallRoutes(parts);
  const phone = new PhoneRoutes(parts);

  router.post("/log-in", logInRoute(parts));
  router.post("/log-in/passkey/challenge", passkeyChallengeRoute(passkeys));
  router.post("/log-in/passkey", passkeyLogInRoute(parts, passkeys));
  router.post("/log-out", as("viewer", logOutRoute(parts)));
  router.post("/links/look", links.look);
  router.post("/links/password", links.byPassword);
  router.post("/links/passkey/challenge", links.passkeyChallenge);
  router.post("/links/passkey", links.byPasskey);
  router.get("/me", as("viewer", own.me));
  router.post("/password", as("viewer", own.changePassword));
  router.post("/recovery-codes", as("viewer", own.renewCodes));
  router.get("/sessions", as("viewer", own.sessions));
  router.delete("/sessions/:id", as("viewer", own.revokeSession));
  router.get("/passkeys", as("viewer", own.passkeys));
  router.post("/passkeys/challenge", as("viewer", own.passkeyChallenge));
  router.post("/passkeys", as("viewer", own.addPasskey));
  router.delete("/passkeys/:id", as("viewer", own.removePasskey));
  router.get("/admins", as("admin", admins.list));
  router.post("/admins", as("admin", admins.invite));
  router.patch("/admins/:id", as("admin", admins.change));
  router.post("/admins/:id/reset", as("admin", admins.reset));
  router.get("/verifications/clients", as("viewer", verifications.clients));
  router.post("/verifications/search", as("viewer", verifications.search));
  router.post("/verifications/export", as("operator", exportRoute(parts)));
  router.get("/verifications/:client/:id", as("viewer", verifications.show));
  router.get("/verifications/:client/:id/receipt", as("viewer", receiptRoute(parts)));
  router.post("/verifications/:client/:id/cancel", as("operator", verifications.cancel));
  router.post("/verifications/:client/:id/number", as("operator", verifications.reveal));
  router.post("/verifications/:client/:id/events/:event/redeliver", as("operator", verifications.redeliver));
  router.get("/audit", as("admin", admins.audit));
  router.get("/test-calls", as("operator", testCalls.phones));
  router.post("/test-calls", as("operator", testCalls.place));
  addClientRoutes(router, parts, as);
  router.use(promptRoutes(parts));
  router.get("/statistics", as("viewer", statisticsRoute(parts)));
  router.get("/usage", as("viewer", usageRoute(parts)));
  router.get("/usage.csv", as("viewer", usageCsvRoute(parts)));
  router.get("/phone", phone.look);
  router.get("/phone/accounts/:name", phone.account);
  router.use(() => {
    throw new Refusal("not_found", "no such path");
  });
  return router;
}
