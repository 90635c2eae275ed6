import type { PromptId } from "../verification/prompt-id.js";
import type { Ruling } from "../verification/ruling.js";
import type { WithheldReason } from "../verification/withheld-reason.js";

/** What helps: 186 in front of the number where the caller withholds it, elsewhere another telephone or line. */
export function withheldGuidance(reason: WithheldReason): PromptId {
  switch (reason) {
    case "caller":
      return "withheld";
    case "payphone":
      return "withheld-payphone";
    case "unavailable":
    case "other_service":
      return "withheld-unavailable";
  }
}

/** What is said to a caller whose number alone decides. */
export function guidanceFor(ruling: Ruling, enrolled: boolean): PromptId {
  switch (ruling.kind) {
    case "verified":
      return enrolled ? "enrolled-verified" : "caller-verified";
    case "closed":
      return ruling.status === "expired" ? "expired" : "failed";
    case "wrong":
    case "failed":
      return "failed";
    case "barred":
      return "service-trouble";
  }
}
