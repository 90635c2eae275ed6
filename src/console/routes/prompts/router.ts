import { type RequestHandler, Router } from "express";
import type { AdminRole } from "../../../admins/role.js";
import type { ConsoleParts } from "../../console-parts.js";
import { signedIn, type SignedInRoute } from "../../signed-in.js";
import { PromptChangeRoutes } from "./change.js";
import { PromptListRoutes } from "./list.js";
import { PromptSoundRoutes } from "./sound.js";

/** Everything about prompts. A recording is read by its route alone, after it is known who sends it. */
export function promptRoutes(parts: ConsoleParts): Router {
  const router = Router({ caseSensitive: true });
  const as = (role: AdminRole, route: SignedInRoute): RequestHandler => signedIn(parts, role, route);
  const read = new PromptListRoutes(parts);
  const sound = new PromptSoundRoutes(parts);
  const change = new PromptChangeRoutes(parts);
  router.get("/prompts", as("viewer", read.list));
  router.post("/prompts/check", as("viewer", sound.check));
  router.get("/prompt-sequence", as("viewer", sound.sequence));
  router.get("/prompts/:locale/:id", as("viewer", read.detail));
  router.get("/prompts/:locale/:id/sound", as("viewer", sound.one));
  router.post("/prompts/:locale/:id/recording", as("admin", change.record));
  router.post("/prompts/:locale/:id/recording/try", as("admin", change.tryRecording));
  router.post("/prompts/:locale/:id/speech", as("admin", change.speak));
  router.post("/prompts/:locale/:id/speech/try", as("admin", change.trySpeech));
  router.put("/prompts/:locale/:id/text", as("admin", change.draft));
  router.delete("/prompts/:locale/:id/text", as("admin", change.dropDraft));
  router.post("/prompts/:locale/:id/rollback", as("admin", change.rollBack));
  return router;
}
