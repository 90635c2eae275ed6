import type { Response } from "express";
import { parseFields } from "../../../http/parse-body.js";
import { unhurried } from "../../../http/unhurried.js";
import { checkVersions } from "../../../prompts/check-prompts.js";
import { previewSequence } from "../../../prompts/preview-sequence.js";
import { PromptRefusal } from "../../../prompts/prompt-refusal.js";
import { heardPrompt, heardWave, shippedPrompt } from "../../../prompts/resolve.js";
import { listClients } from "../../../store/clients.js";
import { listPromptVersions, type PromptKey } from "../../../store/prompts.js";
import type { ConsoleParts } from "../../console-parts.js";
import {
  type PromptCheck,
  promptSequenceQuerySchema,
  promptSoundQuerySchema,
} from "../../contract/prompts.js";
import { Refusal } from "../../refusal.js";
import type { SignedInRoute } from "../../signed-in.js";
import { keyOf, ofPrompts, setOf } from "./prompt-parts.js";

/** More is no conversation. */
const MOST_PIECES = 100;
/** At one time; each holds some minutes of sound, 10 MB and more. */
const MOST_SEQUENCES = 4;

/** As browsers play it; never kept by them, for the next version has the same address. */
export function sendSound(response: Response, wav: Buffer): void {
  response.status(200).type("audio/wav").send(wav);
}

/** What can be listened to, and what is wrong with it. */
export class PromptSoundRoutes {
  readonly #parts: ConsoleParts;
  #sequences = 0;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/prompts/:locale/:id/sound?client=&version=` */
  readonly one: SignedInRoute = ofPrompts(async (request, response) => {
    const { client, version } = parseFields(promptSoundQuerySchema, request.query);
    const { clientId } = await setOf(this.#parts, client);
    const key = keyOf(this.#parts, request, clientId);
    const bytes = await this.#soundOf(key, version);
    if (bytes === undefined) throw new PromptRefusal("sound_missing", `The sound of ${key.id} is missing.`);
    sendSound(response, bytes);
  });

  /** `GET /api/prompt-sequence?client=&locale=&ids=`: what a caller hears in a row. */
  readonly sequence: SignedInRoute = ofPrompts(async (request, response) => {
    const { client, locale, ids } = parseFields(promptSequenceQuerySchema, request.query);
    const { clientId } = await setOf(this.#parts, client);
    const pieces = ids.split(",");
    if (pieces.length > MOST_PIECES) throw new Refusal("invalid_request", "too many prompts in a row");
    if (this.#sequences >= MOST_SEQUENCES) throw new Refusal("busy", "others are listening; try again");
    this.#sequences += 1;
    try {
      sendSound(response, await previewSequence(this.#parts.prompts.library, clientId, locale, pieces));
    } finally {
      this.#sequences -= 1;
    }
  });

  /** `POST /api/prompts/check`: looks at every sound there is. */
  readonly check: SignedInRoute = ofPrompts(async (request, response) => {
    unhurried(request);
    const { store, prompts } = this.#parts;
    const names = new Map((await listClients(store.read)).map(({ id, name }) => [id, name]));
    const { library, sounds } = prompts;
    const checked = [...(await sounds.check(library)), ...(await checkVersions(library))];
    const body: PromptCheck = {
      sounds: checked.length,
      findings: checked
        .filter(({ faults }) => faults.length > 0)
        .map(({ set, locale, id, version, faults }) => ({
          ...(set === "shipped"
            ? { client: null, set }
            : set.clientId === null
              ? { client: null, set: "default" as const }
              : { client: names.get(set.clientId) ?? set.clientId, set: "client" as const }),
          ...{ locale, id, version },
          faults: faults.map(({ code, says }) => ({ code, says })),
        })),
    };
    response.json(body);
  });

  async #soundOf(key: PromptKey, version: number | undefined): Promise<Buffer | undefined> {
    const { store, prompts } = this.#parts;
    const { library } = prompts;
    const { clientId, locale, id } = key;
    if (version === undefined) return heardWave(library, await heardPrompt(library, key));
    if (version === 0) {
      const under =
        clientId === null
          ? shippedPrompt(library, locale, id)
          : await heardPrompt(library, { ...key, clientId: null });
      return heardWave(library, under);
    }
    const row = (await listPromptVersions(store.read, key)).find((one) => one.version === version);
    if (row === undefined) throw new PromptRefusal("no_such_version", `${id} has no version ${version}.`);
    return row.sound === null ? this.#soundOf(key, 0) : heardWave(library, { locale, id, row });
  }
}
