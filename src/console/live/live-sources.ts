import type { AttemptOutcome } from "../../verification/status.js";
import type { Ruling } from "../../verification/ruling.js";
import type { WaitReason } from "../../verification/wait-reason.js";
import type { LiveHealth } from "../contract/live.js";

/** What happens on a call, as the telephones tell it. */
export type CallHappening = {
  readonly verificationId: string;
  readonly attemptId: string;
} & (
  | {
      readonly kind: "placed" | "arrived" | "ringing" | "answered" | "said" | "listening" | "key";
    }
  | { readonly kind: "ruled"; readonly ruling: Ruling }
  | { readonly kind: "ended"; readonly outcome: AttemptOutcome }
);

/** What the service knows beside the database, asked at the moment. */
export interface LiveSources {
  /** @returns how to hear no more. */
  readonly onCall: (tell: (happening: CallHappening) => void) => () => void;
  readonly lines: () => { readonly inUse: number; readonly max: number };
  /** What each call waits for, by the `seq` of its verification. */
  readonly waits: () => ReadonlyMap<number, WaitReason>;
  readonly service: () => LiveHealth["service"];
  readonly asterisk: () => LiveHealth["asterisk"];
  readonly trunk: () => LiveHealth["trunk"];
  readonly disk: () => { readonly hasRoom: boolean; readonly free: number | null };
  /** When the certificate runs out, epoch milliseconds. */
  readonly certificateEnd: number;
}
