import { setTimeout as delay } from "node:timers/promises";
import { noteReport, type Reported } from "../acts/note-message.js";
import type { Clock } from "../clock.js";
import type { Logger } from "../log.js";
import type { DeliveryReport } from "../sms/sms-sender.js";
import type { Store } from "../store/store.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import type { OwedWrites } from "../telephony/owed-writes.js";
import type { UnderWay } from "./under-way.js";

/** How often, and after how many milliseconds each, a message of another node is looked for. */
const LOOKS = 10;
const LOOK_MS = 500;

interface ReportParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Logger;
  readonly owed: OwedWrites;
  readonly underWay: UnderWay;
}

/** What gateways tell of messages that they had taken. */
export class Reports {
  readonly #parts: ReportParts;

  constructor(parts: ReportParts) {
    this.#parts = parts;
  }

  /**
   * Resolves when it is committed, however long the database refuses: true when it was of a message of ours. One that
   * overtakes the answer to its message waits for that.
   */
  async take(report: DeliveryReport): Promise<boolean> {
    const { underWay, log } = this.#parts;
    const about = log.child({ gateway: report.gateway });
    // Those that are under way before the look: an answer may be committed together with it, and yet after it.
    const answered = underWay.size > 0 ? underWay.settled() : null;
    let reported = await this.#note(report, about);
    if (reported === "unknown" && answered !== null) {
      await answered;
      reported = await this.#note(report, about);
    }
    if (reported === "unknown" && this.#parts.store.isShared) reported = await this.#noteLater(report, about);
    // References are the gateway's own words; they are told to nobody who could do something with them.
    if (reported === "unknown") about.warn("a report of no message of ours", { state: report.state });
    else if (reported === "noted") about.info("message reported", { state: report.state, code: report.code });
    return reported !== "unknown";
  }

  /** Another node may have handed the message over, and be about to commit the answer. */
  async #noteLater(report: DeliveryReport, log: Logger): Promise<Reported> {
    let reported: Reported = "unknown";
    for (let looks = 0; looks < LOOKS && reported === "unknown"; looks += 1) {
      await delay(LOOK_MS, undefined, { ref: false });
      reported = await this.#note(report, log);
    }
    return reported;
  }

  async #note(report: DeliveryReport, log: Logger): Promise<Reported> {
    const { store, clock, owed } = this.#parts;
    const { gateway, reference, state: outcome, code: error } = report;
    const at = clock();
    const note = (): Promise<Reported> => noteReport(store, { gateway, reference, outcome, error }, at);
    try {
      return await note();
    } catch (refused) {
      if (!(refused instanceof StoreUnavailableError)) throw refused;
    }
    return new Promise((resolve, reject) => {
      const again = async (): Promise<void> => {
        try {
          resolve(await note());
        } catch (wrong) {
          if (!(wrong instanceof StoreUnavailableError))
            reject(wrong instanceof Error ? wrong : new Error("the report was not noted", { cause: wrong }));
          throw wrong;
        }
      };
      void owed.write("the report of a message", again, log);
    });
  }
}
