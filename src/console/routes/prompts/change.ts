import { parseBody, parseFields } from "../../../http/parse-body.js";
import { unhurried } from "../../../http/unhurried.js";
import { addVersion, type NewSound } from "../../../prompts/add-versions.js";
import { waveOf } from "../../../prompts/made-sound.js";
import { soundOfRecording } from "../../../prompts/recordings.js";
import { soundOfSpeech } from "../../../prompts/render-prompt.js";
import { rollBack } from "../../../prompts/roll-back.js";
import { draftText, dropDraft } from "../../../prompts/texts.js";
import type { PromptKey } from "../../../store/prompts.js";
import type { ConsoleParts } from "../../console-parts.js";
import {
  promptRecordingQuerySchema,
  promptRollbackSchema,
  promptScopeSchema,
  promptSpeechSchema,
  promptTextSchema,
} from "../../contract/prompts.js";
import type { SignedInRoute } from "../../signed-in.js";
import { keyOf, noting, ofPrompts, setOf, versionOf } from "./prompt-parts.js";
import { sendSound } from "./sound.js";
import { Uploads } from "./uploads.js";

type Given = Parameters<SignedInRoute>;

/** Changes of what is said. The next call plays them: it asks the database when it begins. */
export class PromptChangeRoutes {
  readonly #parts: ConsoleParts;
  readonly #uploads = new Uploads();

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `POST /api/prompts/:locale/:id/recording?client=&name=&text=`: the body is the recording. */
  readonly record: SignedInRoute = ofPrompts((...given) => this.#record(given, this.#keep));

  /** `POST /api/prompts/:locale/:id/recording/try`: how it would sound; nothing is kept. */
  readonly tryRecording: SignedInRoute = ofPrompts((...given) => this.#record(given, this.#answerSound));

  /** `POST /api/prompts/:locale/:id/speech`: has a text spoken. */
  readonly speak: SignedInRoute = ofPrompts((...given) => this.#speak(given, this.#keep));

  /** `POST /api/prompts/:locale/:id/speech/try` */
  readonly trySpeech: SignedInRoute = ofPrompts((...given) => this.#speak(given, this.#answerSound));

  /** `PUT /api/prompts/:locale/:id/text`: a text that waits for its sound. */
  readonly draft: SignedInRoute = ofPrompts(async (request, response, session) => {
    const { client, text } = parseBody(promptTextSchema, request);
    const { clientId, name } = await setOf(this.#parts, client);
    const key = keyOf(this.#parts, request, clientId);
    const note = noting(this.#parts, request, session, "prompt.text_changed", key, name);
    await draftText(this.#parts.prompts.library, key, text, session.name, note);
    response.status(204).end();
  });

  /** `DELETE /api/prompts/:locale/:id/text?client=`: gives up the text that waits. */
  readonly dropDraft: SignedInRoute = ofPrompts(async (request, response, session) => {
    const { client } = parseFields(promptScopeSchema, request.query);
    const { clientId, name } = await setOf(this.#parts, client);
    const key = keyOf(this.#parts, request, clientId);
    const note = noting(this.#parts, request, session, "prompt.text_changed", key, name, { text: "dropped" });
    await dropDraft(this.#parts.prompts.library, key, note);
    response.status(204).end();
  });

  /** `POST /api/prompts/:locale/:id/rollback` */
  readonly rollBack: SignedInRoute = ofPrompts(async (request, response, session) => {
    const { client, to } = parseBody(promptRollbackSchema, request);
    const { clientId, name } = await setOf(this.#parts, client);
    const key = keyOf(this.#parts, request, clientId);
    const note = noting(this.#parts, request, session, "prompt.rolled_back", key, name, { to: String(to) });
    response.json(versionOf(await rollBack(this.#parts.prompts.library, key, to, session.name, note)));
  });

  async #record(given: Given, done: Finish): Promise<void> {
    const [request] = given;
    unhurried(request);
    const { client, name: file, text } = parseFields(promptRecordingQuerySchema, request.query);
    const { clientId, name } = await setOf(this.#parts, client);
    const key = keyOf(this.#parts, request, clientId);
    const { library, sounds } = this.#parts.prompts;
    await this.#uploads.take(request, async (bytes) => {
      const recording = { name: file, bytes, text: text === "" ? undefined : text };
      await done(given, key, name, await soundOfRecording(library, sounds, key, recording));
    });
  }

  async #speak(given: Given, done: Finish): Promise<void> {
    const [request] = given;
    unhurried(request);
    const { client, text } = parseBody(promptSpeechSchema, request);
    const { clientId, name } = await setOf(this.#parts, client);
    const key = keyOf(this.#parts, request, clientId);
    const { library, sounds } = this.#parts.prompts;
    await done(given, key, name, await soundOfSpeech(library, sounds, key, text));
  }

  readonly #keep: Finish = async ([request, response, session], key, client, made) => {
    // Who asked has gone, and was told of no change.
    if (response.closed) return;
    const { origin } = made;
    const note = noting(this.#parts, request, session, "prompt.changed", key, client, { origin });
    const version = await addVersion(this.#parts.prompts.library, made, session.name, note);
    response.status(201).json(versionOf(version));
  };

  readonly #answerSound: Finish = ([, response], _key, _client, { sound }) => {
    sendSound(response, waveOf(sound));
    return Promise.resolve();
  };
}

type Finish = (given: Given, key: PromptKey, client: string, made: NewSound) => Promise<void>;
