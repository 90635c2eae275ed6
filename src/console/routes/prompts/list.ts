import { parseFields } from "../../../http/parse-body.js";
import { japaneseWords } from "../../../prompts/japanese-words.js";
import { isReplaceable, promptOf } from "../../../prompts/library.js";
import type { Prompt } from "../../../prompts/prompts-yaml.js";
import { RECORDING } from "../../../prompts/recording-limits.js";
import { type HeardPrompt, heardPrompt, listHeard, shippedPrompt } from "../../../prompts/resolve.js";
import { hasSpeech, INSTALLED_BY } from "../../../prompts/speech-programs.js";
import { TEXT_MAX_CHARACTERS } from "../../../prompts/texts.js";
import { listClients } from "../../../store/clients.js";
import { listPromptDrafts } from "../../../store/prompt-drafts.js";
import { listPromptVersions } from "../../../store/prompts.js";
import { sampleConversations } from "../../../verification/sample-conversations.js";
import type { ConsoleParts } from "../../console-parts.js";
import {
  type PromptDetail,
  type PromptInList,
  type PromptList,
  promptListQuerySchema,
  promptScopeSchema,
} from "../../contract/prompts.js";
import type { SignedInRoute } from "../../signed-in.js";
import { keyOf, ofPrompts, setOf, versionOf } from "./prompt-parts.js";

type Clients = PromptList["clients"];

/** What is said, and what was. */
export class PromptListRoutes {
  readonly #parts: ConsoleParts;
  #japanese: ReadonlyMap<string, string> | undefined;

  constructor(parts: ConsoleParts) {
    this.#parts = parts;
  }

  /** `GET /api/prompts?client=&locale=` */
  readonly list: SignedInRoute = ofPrompts(async (request, response) => {
    const { store, prompts } = this.#parts;
    const { client, locale } = parseFields(promptListQuerySchema, request.query);
    const { clientId } = await setOf(this.#parts, client);
    const drafts = await listPromptDrafts(store.read, clientId, locale);
    const waiting = new Map(drafts.map(({ prompt_id, text }) => [prompt_id, text]));
    const heard = await listHeard(prompts.library, clientId, locale);
    const conversations = Object.entries(sampleConversations());
    const body: PromptList = {
      clients: await this.#clients(),
      prompts: heard.map((one) =>
        this.#shown(promptOf(prompts.library, locale, one.id), one, waiting.get(one.id) ?? null),
      ),
      conversations: conversations.map(([name, ids]) => ({ name, ids: [...ids] })),
    };
    response.json(body);
  });

  /** `GET /api/prompts/:locale/:id?client=` */
  readonly detail: SignedInRoute = ofPrompts(async (request, response) => {
    const { store, prompts } = this.#parts;
    const { library } = prompts;
    const { clientId } = await setOf(this.#parts, parseFields(promptScopeSchema, request.query).client);
    const key = keyOf(this.#parts, request, clientId);
    const prompt = promptOf(library, key.locale, key.id);
    const { voice } = library.catalogues[key.locale];
    const drafts = await listPromptDrafts(store.read, clientId, key.locale);
    const draft = drafts.find(({ prompt_id }) => prompt_id === key.id)?.text ?? null;
    const versions = await listPromptVersions(store.read, key);
    const body: PromptDetail = {
      prompt: this.#shown(prompt, await heardPrompt(library, key), draft),
      clients: await this.#clients(),
      requires: prompt.kind === "silence" ? [] : (prompt.requires ?? []),
      under: heardOf(await this.#under(key)),
      versions: versions.map(versionOf),
      speech: { available: hasSpeech(voice), install: INSTALLED_BY[voice.engine] },
      limits: {
        file_bytes: RECORDING.maxFileBytes,
        longest_ms: RECORDING.longestMs,
        text_characters: TEXT_MAX_CHARACTERS,
      },
    };
    response.json(body);
  });

  #under({ clientId, locale, id }: ReturnType<typeof keyOf>): Promise<HeardPrompt> {
    const { library } = this.#parts.prompts;
    return clientId === null
      ? Promise.resolve(shippedPrompt(library, locale, id))
      : heardPrompt(library, { clientId: null, locale, id });
  }

  #shown(prompt: Prompt, heard: HeardPrompt, draft: string | null): PromptInList {
    const { id, kind, when } = prompt;
    this.#japanese ??= japaneseWords();
    return {
      ...{ id, kind, locale: heard.locale, draft },
      when: { en: when, ja: this.#japanese.get(when) ?? when },
      replaceable: isReplaceable(prompt),
      ...heardOf(heard),
    };
  }

  async #clients(): Promise<Clients> {
    return (await listClients(this.#parts.store.read)).map(({ id, name }) => ({ id, name }));
  }
}

function heardOf({ source, version, text, durationMs, activeLevel }: HeardPrompt): PromptDetail["under"] {
  return { source, version, text, duration_ms: durationMs, active_level_dbov: activeLevel };
}
