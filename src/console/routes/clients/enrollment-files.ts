import express, { type Request, type RequestHandler, type Response } from "express";
import { type CallLimits, limitsOfClient } from "../../../clients/call-limits.js";
import type { ClientSettings } from "../../../clients/client-settings.js";
import { FILE_MS, giveTime } from "../../../http/body-deadline.js";
import { didsOfClient } from "../../../store/client-dids.js";
import { readClientSettings } from "../../../store/stored-client-settings.js";
import type { ConsoleParts } from "../../console-parts.js";
import { checkFile } from "../../import/check-file.js";
import { FileChecks } from "../../import/file-checks.js";
import { Refusal } from "../../refusal.js";
import { type SignedInRoute, whoIs } from "../../signed-in.js";
import { namedClient } from "./named-client.js";

const MOST_BYTES = 5 * 1024 * 1024;

const readFile: RequestHandler = express.raw({ limit: MOST_BYTES, inflate: false, type: "text/csv" });

/** Files of numbers to be enrolled: looked at whole first, then taken. */
export class EnrollmentFileRoutes {
  readonly #parts: ConsoleParts;
  readonly #checks: FileChecks;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
    this.#checks = new FileChecks(parts.clock);
  }

  /**
   * `POST /api/clients/:id/enrollment-files`: what is wrong with a file, or what is to be taken; or that it takes
   * longer. Nothing is stored.
   */
  readonly check: SignedInRoute = async (request, response) => {
    const { store, clock, clients } = this.#parts;
    const client = await namedClient(store, request);
    const read = (): Promise<Buffer> => bytesOf(request, response);
    const check = await this.#checks.begin(client.id, read, async (bytes, onLine) => {
      const { settings, limits } = await this.#rulesOf(client.id);
      const serving = await didsOfClient(store.read, client.id, clients.dids);
      const [clientId, now] = [client.id, clock()];
      const checked = await checkFile(bytes, { store, clientId, settings, limits, serving, now, onLine });
      const { problems, problemCount } = checked;
      return {
        import: problemCount > 0 ? null : clients.imports.add(client, checked),
        problems: [...problems],
        problem_count: problemCount,
        checking: null,
      };
    });
    response.json(await this.#checks.answer(check));
  };

  /** `GET /api/clients/:id/enrollment-files/:file/check`: of one that takes longer. */
  readonly lookAgain: SignedInRoute = async (request, response) => {
    const { id, file } = request.params;
    response.json(await this.#checks.answer(this.#checks.find(String(id), String(file))));
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
  giveTime(request, FILE_MS);
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
