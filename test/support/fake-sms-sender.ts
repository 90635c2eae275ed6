import { setImmediate } from "node:timers/promises";
import type { OnReport, SendOutcome, ShortMessage, SmsSender } from "../../src/sms/sms-sender.js";

/** A gateway that takes what it is told to take, and remembers everything. */
export class FakeSmsSender implements SmsSender {
  readonly sent: ShortMessage[] = [];
  readonly #onReport: OnReport;
  #answer: (message: ShortMessage) => Promise<SendOutcome>;

  constructor(onReport: OnReport = () => Promise.resolve(false)) {
    this.#onReport = onReport;
    this.#answer = ({ id }) => Promise.resolve(accepted(id));
  }

  /** What comes of the messages from now on. */
  answer(with_: (message: ShortMessage) => Promise<SendOutcome>): void {
    this.#answer = with_;
  }

  /** Each has its turn at once. */
  async send(message: ShortMessage): Promise<SendOutcome> {
    if (!(await message.onTurn())) return { kind: "withdrawn", why: "unwanted" };
    this.sent.push(message);
    return this.#answer(message);
  }

  report(
    messageId: string,
    state: "delivered" | "undelivered",
    code: string | null = null,
  ): Promise<boolean> {
    return this.#onReport({ gateway: "fake", reference: referenceOf(messageId), state, code });
  }

  /** Resolves with the nth message once it was handed over. */
  async message(nth = 1): Promise<ShortMessage> {
    for (;;) {
      const message = this.sent[nth - 1];
      if (message !== undefined) return message;
      await setImmediate();
    }
  }

  halt(): void {
    // What waits is the test's to answer.
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

export function accepted(messageId: string): SendOutcome {
  return { kind: "accepted", gateway: "fake", reference: referenceOf(messageId) };
}

export const REFUSED: SendOutcome = { kind: "refused", gateway: "fake", code: "no_credit" };
export const UNKNOWN: SendOutcome = { kind: "unknown", gateway: "fake", code: "timeout" };

function referenceOf(messageId: string): string {
  return `ref-${messageId}`;
}

/** The code in a message. */
export function codeIn({ text }: ShortMessage): string {
  const code = /\d{6}/.exec(text)?.[0];
  if (code === undefined) throw new Error("no code in the message");
  return code;
}
