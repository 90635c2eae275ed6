import type { KeyBeginnings } from "./key-beginnings.js";
import type { SipCapture } from "./sip-capture.js";

/** What ARI does not tell of calls. */
export type Overheard = Pick<
  SipCapture,
  "refusalOf" | "offersEncrypted" | "cameByInfo" | "namesMedia" | "provisionalOf" | "watch"
> &
  Pick<KeyBeginnings, "beginningOf">;

/** @param capture sees the SIP messages. @param beginnings reads the log. */
export function overheardBy(capture: SipCapture, beginnings: KeyBeginnings): Overheard {
  return {
    refusalOf: capture.refusalOf.bind(capture),
    offersEncrypted: capture.offersEncrypted.bind(capture),
    cameByInfo: capture.cameByInfo.bind(capture),
    namesMedia: capture.namesMedia.bind(capture),
    provisionalOf: capture.provisionalOf.bind(capture),
    watch: capture.watch.bind(capture),
    beginningOf: beginnings.beginningOf.bind(beginnings),
  };
}
