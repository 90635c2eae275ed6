import { errorText } from "../log.js";
import { LocalSounds } from "../prompts/local-sounds.js";
import { takeInSounds } from "../prompts/take-in-sounds.js";
import type { Store } from "../store/store.js";
import type { Running } from "./running.js";

/** The sounds of prompts for calls of this node; those that an older version left in files are in the database then. */
export async function openSounds(
  { settings, log, teardown, stopping }: Running,
  store: Store,
): Promise<LocalSounds> {
  const { promptsDir: dir } = settings;
  const { taken, lost } = await takeInSounds({ store, dir });
  if (taken > 0) log.info("the sounds of prompts are in the database now", { taken });
  if (lost.length > 0) {
    log.warn("sounds of prompts are missing or were altered; what lies under them is played instead", {
      ...{ prompts: lost.join(", "), dir },
    });
  }
  const sounds = new LocalSounds(store, dir);
  let stopped = stopping.aborted;
  const brought = sounds
    .tidyAndBring(() => stopped || stopping.aborted)
    .catch((error: unknown) => {
      log.warn("not all sounds of prompts could be brought here yet", { error: errorText(error) });
    });
  teardown.add("the bringing of sounds", async () => {
    stopped = true;
    await brought;
  });
  return sounds;
}
