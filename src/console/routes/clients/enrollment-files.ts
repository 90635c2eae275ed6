import express, { type Request, type RequestHandler, type Response } from "express";
import { type CallLimits, limitsOfClient } from "../../../clients/call-limits.js";
import type { ClientSettings } from "../../../clients/client-settings.js";
import { didsOfClient } from "../../../store/client-dids.js";
import { readClientSettings } from "../../../store/stored-client-settings.js";
import type { ConsoleParts } from "../../console-parts.js";
import type { CheckedFile } from "../../contract/client-enrollments.js";
import { checkFile } from "../../import/check-file.js";
import { Refusal } from "../../refusal.js";
import { type SignedInRoute, whoIs } from "../../signed-in.js";
import { namedClient } from "./named-client.js";

const MOST_BYTES = 5 * 1024 * 1024;
/** Looked at side by side; each holds some 30 MB meanwhile. */
const AT_ONE_TIME = 2;

const readFile: RequestHandler = express.raw({ limit: MOST_BYTES, inflate: false, type: "text/csv" });

/** Files of numbers to be enrolled: looked at whole first, then taken. */
export class EnrollmentFileRoutes {
  readonly #parts: ConsoleParts;
  #checking = 0;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `POST /api/clients/:id/enrollment-files`: what is wrong with a file, or what is to be taken. Nothing is stored. */
  readonly check: SignedInRoute = async (request, response) => {
    const { store, clock, clients } = this.#parts;
    const client = await namedClient(store, request);
    if (this.#checking >= AT_ONE_TIME) throw new Refusal("busy", "other files are being looked at");
    this.#checking += 1;
    try {
      const bytes = await bytesOf(request, response);
      const { settings, limits } = await this.#rulesOf(client.id);
      const serving = await didsOfClient(store.read, client.id, clients.dids);
      const now = clock();
      const checked = await checkFile(bytes, { store, clientId: client.id, settings, limits, serving, now });
      const { problems, problemCount } = checked;
      const body: CheckedFile = {
        import: problemCount > 0 ? null : clients.imports.add(client, checked),
        problems: [...problems],
        problem_count: problemCount,
      };
      response.json(body);
    } finally {
      this.#checking -= 1;
    }
  };

  /** `GET /api/clients/:id/enrollment-files/:file`: how far it is. */
  readonly look: SignedInRoute = (request, response) => {
    const { id, file } = request.params;
    response.json(this.#parts.clients.imports.look(String(id), String(file)));
  };

  /** `POST /api/clients/:id/enrollment-files/:file/start`: takes it, as it was looked at. */
  readonly start: SignedInRoute = async (request, response, session) => {
    const { store, clients } = this.#parts;
    const client = await namedClient(store, request);
    if (!clients.diskHasRoom()) throw new Refusal("busy", "the disk is nearly full");
    const { limits } = await this.#rulesOf(client.id);
    const file = String(request.params["file"]);
    response.status(202).json(clients.imports.start(client.id, file, whoIs(session, request), limits));
  };

  async #rulesOf(clientId: string): Promise<{ settings: ClientSettings; limits: CallLimits }> {
    const { store, clients } = this.#parts;
    const settings = await readClientSettings(store.read, clientId);
    return { settings, limits: limitsOfClient(clients.limits.calls, settings) };
  }
}

/** The body, which nobody read before the role of who sends it was known. @throws {Refusal} */
async function bytesOf(request: Request, response: Response): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    void readFile(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(error instanceof Error ? error : new Error("the body cannot be read"));
    });
  });
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body)) throw new Refusal("unsupported_media_type", "send text/csv");
  return body;
}
