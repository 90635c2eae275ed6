import type { AriConnection } from "../ari/connection.js";
import { errorText, type Logger } from "../log.js";

/** Read by the dialplan (`asterisk-config/extensions.conf`). */
const HAS_OTHERS = "HONNIN_OTHERS";

/**
 * Tells Asterisk, now and whenever it has started anew, whether another node takes calls: one that comes while nobody is
 * linked to this Asterisk is refused then, for the other node to take it, and hears an apology where there is none.
 *
 * @returns to be called when that has changed.
 */
export function tellOfOthers(
  ari: Pick<AriConnection, "up" | "onUp" | "setGlobalVariable">,
  hasOthers: () => boolean,
  log: Logger,
): () => void {
  const tell = (): void => {
    if (!ari.up) return;
    ari.setGlobalVariable(HAS_OTHERS, hasOthers() ? "yes" : "no").catch((error: unknown) => {
      log.warn("Asterisk could not be told whether there are other nodes", { error: errorText(error) });
    });
  };
  ari.onUp(tell);
  return tell;
}
