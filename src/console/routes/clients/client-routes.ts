import type { RequestHandler, Router } from "express";
import type { AdminRole } from "../../../admins/role.js";
import type { ConsoleParts } from "../../console-parts.js";
import type { SignedInRoute } from "../../signed-in.js";
import { ClientKeyRoutes } from "./client-keys.js";
import { ClientWebhookRoutes } from "./client-webhook.js";
import { ClientsRoutes } from "./clients.js";
import { EnrollmentFileRoutes } from "./enrollment-files.js";
import { ClientEnrollmentRoutes } from "./enrollments.js";

/** Clients, and everything of theirs: everybody looks, those who manage accounts change. */
export function addClientRoutes(
  router: Router,
  parts: ConsoleParts,
  as: (role: AdminRole, route: SignedInRoute) => RequestHandler,
): void {
  const clients = new ClientsRoutes(parts);
  router.get("/clients", as("viewer", clients.list));
  router.post("/clients", as("admin", clients.make));
  router.get("/clients/:id", as("viewer", clients.look));
  router.patch("/clients/:id/settings", as("admin", clients.change));

  const keys = new ClientKeyRoutes(parts);
  router.get("/clients/:id/keys", as("viewer", keys.list));
  router.post("/clients/:id/keys", as("admin", keys.make));
  router.post("/clients/:id/keys/:key/replace", as("admin", keys.replace));
  router.patch("/clients/:id/keys/:key", as("admin", keys.setEnd));
  router.delete("/clients/:id/keys/:key", as("admin", keys.revoke));

  const webhook = new ClientWebhookRoutes(parts);
  router.get("/clients/:id/webhook", as("viewer", webhook.look));
  router.put("/clients/:id/webhook", as("admin", webhook.set));
  router.post("/clients/:id/webhook/rotate", as("admin", webhook.rotate));
  router.post("/clients/:id/webhook/disable", as("admin", webhook.disable));
  router.post("/clients/:id/webhook/test", as("admin", webhook.test));
  router.post("/clients/:id/webhook/redeliver", as("admin", webhook.redeliver));

  const enrollments = new ClientEnrollmentRoutes(parts);
  // A number that is searched for stands in no address, which logs and histories keep.
  router.post("/clients/:id/enrollments/search", as("viewer", enrollments.search));
  router.post("/clients/:id/enrollments", as("admin", enrollments.make));
  router.delete("/clients/:id/enrollments/:enrollment", as("admin", enrollments.end));

  const files = new EnrollmentFileRoutes(parts);
  router.post("/clients/:id/enrollment-files", as("admin", files.check));
  router.get("/clients/:id/enrollment-files/:file/check", as("admin", files.lookAgain));
  router.get("/clients/:id/enrollment-files/:file", as("admin", files.look));
  router.post("/clients/:id/enrollment-files/:file/start", as("admin", files.start));
}
