import type { Logger } from "../log.js";
import type { LockedPin } from "../store/hints.js";
import type { Store } from "../store/store.js";

/** Says in the log that somebody tried to guess a PIN: whoever runs the service has to hear of it, and not the owner alone. */
export function tellOfLockedPins(store: Store, log: Logger): void {
  store.hints.on("pin_locked", ({ clientId, enrollmentId, for: whom }: LockedPin) => {
    log.warn("the PIN of an enrollment is locked after too many wrong ones; its server has to renew it", {
      client: clientId,
      enrollment: enrollmentId,
      for: whom,
    });
  });
}
