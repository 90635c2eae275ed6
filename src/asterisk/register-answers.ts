import { readHead, type SipHead } from "./sip-head.js";

interface Known {
  readonly callId: string;
  readonly cseq: string;
  /** To the last one that has ended. */
  readonly last: string | null;
  readonly answered: boolean;
}

/**
 * What each trunk has answered to our REGISTER, read from the messages themselves: Asterisk tells its log alone, where
 * numbers are left out, and two trunks at one carrier look the same.
 */
export class RegisterAnswers {
  /** By who registers, and the contact: `registrationKey`. */
  readonly #known = new Map<string, Known>();

  /** `403`; `no answer`: the one before the last REGISTER got none. @returns undefined while nothing is known. */
  of(key: string): string | undefined {
    const known = this.#known.get(key);
    return known === undefined ? undefined : (known.last ?? "no answer");
  }

  hear(message: Buffer): void {
    const start = message.toString("latin1", 0, 12);
    const status = /^SIP\/2\.0 ([2-6]\d\d)/.exec(start)?.[1];
    if (status === undefined && !start.startsWith("REGISTER ")) return;
    const head = readHead(message);
    const { callId, method } = head;
    const cseq = head.valuesOf(/^cseq$/i)[0];
    if (callId === undefined || cseq === undefined || method !== "REGISTER") return;
    if (status === undefined) this.#asked(head, callId, cseq);
    else this.#answered(callId, cseq, status);
  }

  #asked(head: SipHead, callId: string, cseq: string): void {
    const who = /<sips?:([^>;]+?)(?::\d+)?(?:;[^>]*)?>/.exec(head.valuesOf(/^(to|t)$/i)[0] ?? "")?.[1];
    const contact = /<sips?:([^@>]+)@/.exec(head.valuesOf(/^(contact|m)$/i)[0] ?? "")?.[1];
    if (who === undefined || contact === undefined) return;
    const key = `${who} ${contact}`;
    const before = this.#known.get(key);
    // Sent once more, as UDP has it.
    if (before?.cseq === cseq && before.callId === callId) return;
    const last = before === undefined || before.answered ? (before?.last ?? null) : null;
    this.#known.set(key, { callId, cseq, last, answered: false });
  }

  #answered(callId: string, cseq: string, status: string): void {
    for (const [key, known] of this.#known) {
      if (known.callId !== callId || known.cseq !== cseq) continue;
      this.#known.set(key, { ...known, last: status, answered: true });
    }
  }
}
