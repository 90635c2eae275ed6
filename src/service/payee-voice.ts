import { openPromptLibrary } from "../prompts/library.js";
import type { LocalSounds } from "../prompts/local-sounds.js";
import { PayeeVoice } from "../prompts/payee-voice.js";
import { SoundThread } from "../prompts/sound-thread.js";
import type { Store } from "../store/store.js";
import type { Running } from "./running.js";

/** Who says payees of transactions: of its own, so that no recording of an admin holds up a registration. */
export function openPayeeVoice(
  { settings, clock, teardown }: Running,
  store: Store,
  soundsDir: string,
  recorded: LocalSounds,
): PayeeVoice {
  const library = openPromptLibrary(store, settings.promptsDir, soundsDir, clock);
  // It speaks, and decodes nothing.
  const noDecoder = (): Promise<never> => Promise.reject(new Error("payees are not decoded"));
  const sounds = new SoundThread(noDecoder, library.dir);
  teardown.add("the speaking of payees", () => sounds.close());
  return new PayeeVoice(library, sounds, recorded);
}
