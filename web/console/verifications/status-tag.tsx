import type { VNode } from "preact";
import type { VerificationInShort } from "../../../src/console/contract/verifications.js";
import { REASON_WORDS, STATUS_WORDS } from "../text/verification-words.js";

const KINDS: Readonly<Record<VerificationInShort["status"], string>> = {
  pending: "tag wait",
  in_progress: "tag wait",
  verified: "tag",
  failed: "tag bad",
  expired: "tag plain",
  canceled: "tag plain",
};

/** How it stands, in a word and a colour; with why, where it failed. */
export function StatusTag({ of }: { readonly of: Pick<VerificationInShort, "status" | "reason"> }): VNode {
  return (
    <>
      <span class={KINDS[of.status]}>{STATUS_WORDS.value[of.status]}</span>
      {of.reason === null ? null : <span class="small"> {REASON_WORDS.value[of.reason]}</span>}
    </>
  );
}
