import type { CallEvent, CallEvents } from "../telephony/call-events.js";
import type { Ruling } from "../verification/ruling.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { say } from "./output.js";

export interface FollowOptions {
  /** The person has heard enough to know what to do. */
  readonly onAsked: () => Promise<void>;
  /** How long the person listens to the first guidance before that, milliseconds. */
  readonly listensMs: number;
  /** Longest wait for the end of the call, milliseconds. */
  readonly ms: number;
}

/** Prints what happens with its time since the start, in Japanese and English. */
export class Timeline {
  readonly #startedAt = performance.now();

  mark(japanese: string, english: string): void {
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(2).padStart(6);
    say(`${seconds}s  ${japanese} / ${english}`);
  }

  /** Follows the calls of one verification; resolves when its call has ended. */
  follow(calls: CallEvents, verificationId: string, options: FollowOptions): Promise<void> {
    return new Promise((resolve, reject) => {
      let listening: NodeJS.Timeout | undefined;
      const finish = (error?: Error): void => {
        clearTimeout(timer);
        clearTimeout(listening);
        calls.off("call", onCall);
        if (error === undefined) resolve();
        else reject(error);
      };
      const onCall = (event: CallEvent): void => {
        if (event.verificationId !== verificationId) return;
        this.#show(event);
        if (event.kind === "answered") {
          listening = setTimeout(() => {
            options.onAsked().catch(finish);
          }, options.listensMs);
        }
        if (event.kind === "ended") finish();
      };
      const timer = setTimeout(() => {
        finish(new CommandError(`no end of the call within ${options.ms / 1000} s`, EXIT.unavailable));
      }, options.ms);
      calls.on("call", onCall);
    });
  }

  #show(event: CallEvent): void {
    switch (event.kind) {
      case "placed":
        this.mark("発信", "calling");
        return;
      case "arrived":
        this.mark("着信", "a call came in");
        return;
      case "ringing":
        this.mark("呼出中", "ringing");
        return;
      case "answered":
        this.mark("応答", "answered");
        return;
      case "said":
        this.mark("案内", `prompts: ${event.pieces.join(", ")}`);
        return;
      case "listening":
        this.mark("入力待ち", "listening for keys");
        return;
      case "key":
        this.mark("入力", "key •");
        return;
      case "ruled":
        this.mark("判定", `verdict: ${inWords(event.ruling)}`);
        return;
      case "ended":
        this.mark("終話", `call ended: ${event.outcome}, Q.850 cause ${event.q850Cause ?? "unknown"}`);
    }
  }
}

function inWords(ruling: Ruling): string {
  switch (ruling.kind) {
    case "verified":
      return "verified";
    case "wrong":
      return `wrong, ${ruling.triesLeft} tries left`;
    case "failed":
      return `failed (${ruling.reason})`;
    case "barred":
      return "not judged: to be tried later";
    case "closed":
      return ruling.status;
  }
}
