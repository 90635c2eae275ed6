import type { ShortMessage } from "../sms-sender.js";

/** What came of handing a message to one gateway. */
export type HandedOver =
  /** `reference`: by which its reports name it; null where the gateway has given none. */
  | { readonly kind: "accepted"; readonly reference: string | null }
  /** Certainly not sent. `whose` it is: something is wrong with the gateway, or only with this message. */
  | { readonly kind: "refused"; readonly code: string; readonly whose: "gateway" | "message" }
  /** Certainly not sent, and to be tried later: after so many milliseconds, where that was said. */
  | { readonly kind: "throttled"; readonly code: string; readonly afterMs: number | null }
  /** Certainly not sent: there is no link at the moment. */
  | { readonly kind: "down"; readonly code: string }
  /** It may have gone. */
  | { readonly kind: "unknown"; readonly code: string };

/**
 * A message that the gateway was not given: it had no turn in its time; was put back, as another gateway may be better
 * now; or nobody wants it any more.
 */
export interface Untried {
  readonly kind: "untried";
  readonly why: "no_turn" | "put_back" | "unwanted";
}

/** Whether the gateway, and not only this message, is better left alone for a while: whoever waits for it may go by another. */
export function isGatewayFailing(handed: HandedOver): boolean {
  return handed.kind === "unknown" || (handed.kind === "refused" && handed.whose === "gateway");
}

/** A gateway, ready to be used. */
export interface Way {
  readonly name: string;
  /** E.164 prefixes that it takes; none: all. */
  readonly prefixes: readonly string[];
  /** Whether it could take a message now, as far as it can be seen without one. */
  readonly isUp: boolean;
  /** Why it could not, in a word; null where it could. */
  readonly whyDown: string | null;
  /**
   * Never rejects, and never hands one message over twice where it may have gone. Of a gateway that fails those that wait
   * for their turns come back untried, before any of them has one.
   */
  handOver(message: ShortMessage): Promise<HandedOver | Untried>;
  /** What waits for its turn comes back untried. */
  putBack(): void;
  /** Hands nothing over from now on; what waits for its turn comes back untried. */
  halt(): void;
  /** Lets what was handed over be answered, within the time of an answer, and ends. */
  close(): Promise<void>;
}
