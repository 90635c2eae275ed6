import { listCurrentPrompts } from "../store/prompts.js";
import type { Locale } from "../verification/prompt-id.js";
import type { PromptLibrary } from "./library.js";
import { type LocalSounds, SoundUnavailableError } from "./local-sounds.js";
import { isPayeeId, payeePrompt } from "./payee-prompts.js";
import { PromptRefusal } from "./prompt-refusal.js";
import type { SoundMaker } from "./sound-maker.js";
import { hasSpeech } from "./speech-programs.js";
import { SoundsWaitingError } from "./sound-thread.js";
import { SpokenPayees } from "./spoken-payees.js";

/** Payees of one client that are being spoken at one time. */
const MOST_OF_CLIENT = 2;

/** A payee as a call says it. */
interface PayeeAsked {
  readonly clientId: string;
  readonly locale: Locale;
  readonly payee: string;
}

/** Who can say payees. */
export interface PayeeSounds {
  /**
   * Path of its sound without ending; it may have to be spoken first. Null: nobody can say it.
   *
   * @throws {SoundsWaitingError} too many are being spoken.
   */
  find(asked: PayeeAsked): Promise<string | null>;
}

/** Payees as they were recorded, or spoken by the speech program where there is one. */
export class PayeeVoice implements PayeeSounds {
  readonly #library: PromptLibrary;
  readonly #maker: Pick<SoundMaker, "spoken">;
  readonly #recorded: LocalSounds;
  readonly #spoken: SpokenPayees;
  /** By the hash of what is said. */
  readonly #speaking = new Map<string, Promise<string | null>>();
  /** By client. */
  readonly #places = new Map<string, number>();

  /** @param maker off the event loop, and bounded. */
  constructor(library: PromptLibrary, maker: Pick<SoundMaker, "spoken">, recorded: LocalSounds) {
    this.#library = library;
    this.#maker = maker;
    this.#recorded = recorded;
    this.#spoken = new SpokenPayees(library.dir);
  }

  async find(asked: PayeeAsked): Promise<string | null> {
    return (await this.#recording(asked)) ?? (await this.#said(asked));
  }

  /** A client's recording, else one of the default set. */
  async #recording({ clientId, locale, payee }: PayeeAsked): Promise<string | null> {
    for (const set of [clientId, null]) {
      for (const row of await listCurrentPrompts(this.#library.store.read, set, locale)) {
        const { prompt_id: id, text, sound } = row;
        if (sound === null || text?.normalize("NFC") !== payee || !isPayeeId(id)) continue;
        try {
          return await this.#recorded.bring({ sound, id });
        } catch (error) {
          if (!(error instanceof SoundUnavailableError)) throw error;
        }
      }
    }
    return null;
  }

  async #said({ clientId, locale, payee }: PayeeAsked): Promise<string | null> {
    const { store, catalogues, clock } = this.#library;
    const { voice } = catalogues[locale];
    const key = store.vault.hashRequest(`payee\0${voice.engine}\0${voice.name}\0${payee}`).toString("hex");
    const found = await this.#spoken.find(key, clock());
    if (found !== null) return found;
    if (!isReadable(payee, locale) || !hasSpeech(voice)) return null;
    const running = this.#speaking.get(key);
    if (running !== undefined) return running;
    const taken = this.#places.get(clientId) ?? 0;
    // There are four places for all sounds: one client's payees leave some for the others.
    if (taken >= MOST_OF_CLIENT) throw new SoundsWaitingError();
    this.#places.set(clientId, taken + 1);
    const speaking = this.#speak(key, payee, locale).finally(() => {
      this.#speaking.delete(key);
      const left = (this.#places.get(clientId) ?? 1) - 1;
      if (left === 0) this.#places.delete(clientId);
      else this.#places.set(clientId, left);
    });
    this.#speaking.set(key, speaking);
    return speaking;
  }

  async #speak(key: string, payee: string, locale: Locale): Promise<string | null> {
    const { catalogues, clock } = this.#library;
    const prompt = { ...payeePrompt("payee"), text: payee };
    try {
      const { pcm } = await this.#maker.spoken(prompt, catalogues[locale]);
      return await this.#spoken.keep(key, pcm, clock());
    } catch (error) {
      // Nothing that can be heard came of it.
      if (error instanceof PromptRefusal) return null;
      throw error;
    }
  }
}

/** Flite skips what it does not know: a name in Japanese would be silence, or half a name. */
function isReadable(payee: string, locale: Locale): boolean {
  if (locale === "en") return /^[\x20-\x7e]*[A-Za-z0-9][\x20-\x7e]*$/.test(payee);
  return /[\p{L}\p{N}]/u.test(payee);
}
