import type { Pdu } from "./pdu.js";
import { SmppLinkError } from "./smpp-socket.js";

interface Pending {
  readonly command: number;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (answer: Pdu) => void;
  readonly reject: (error: SmppLinkError) => void;
}

const LAST_SEQUENCE = 0x7fffffff;

/** Requests of ours that wait for their answers, by their sequence numbers. */
export class PendingAnswers {
  readonly #pending = new Map<number, Pending>();
  #sequence = 0;

  get count(): number {
    return this.#pending.size;
  }

  nextSequence(): number {
    this.#sequence = this.#sequence === LAST_SEQUENCE ? 1 : this.#sequence + 1;
    return this.#sequence;
  }

  /**
   * @param command that the answer has to be, unless it is a generic_nack.
   * @throws {SmppLinkError} `timeout`, or why the link has ended.
   */
  wait(sequence: number, command: number, ms: number): Promise<Pdu> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(sequence);
        reject(new SmppLinkError("timeout"));
      }, ms);
      this.#pending.set(sequence, { command, timer, resolve, reject });
    });
  }

  /** @returns false for an answer that is of another kind than its request; true also for one that came too late. */
  answered(answer: Pdu, isNack: boolean): boolean {
    const waiting = this.#pending.get(answer.sequence);
    if (waiting === undefined) return true;
    if (!isNack && waiting.command !== answer.command) return false;
    clearTimeout(waiting.timer);
    this.#pending.delete(answer.sequence);
    waiting.resolve(answer);
    return true;
  }

  /** None will be answered any more. */
  end(code: string): void {
    for (const { timer, reject } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new SmppLinkError(code));
    }
    this.#pending.clear();
  }
}
