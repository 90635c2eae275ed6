import type { LastWord } from "./last-word.js";
import type { VerificationCall } from "./verification-call.js";

/** Tells of a trunk that has refused a call because it was not shown who we are. */
export function tellOfWantedProof(call: VerificationCall, { sipStatus, wanted }: LastWord): void {
  if (sipStatus !== 401 && sipStatus !== 407) return;
  call.fault("trunk_credentials");
  call.log.error("the trunk wants a proof of who we are that it was not given", {
    sip: sipStatus,
    wanted: wanted.length === 0 ? "not known" : wanted.join("; "),
  });
}
