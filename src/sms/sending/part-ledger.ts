import type { DeliveryReport } from "../sms-sender.js";

/** What a gateway says of one part of a message. */
export interface PartReport {
  readonly id: string;
  readonly state: DeliveryReport["state"];
  readonly code: string | null;
}

/** So many parts are known; the oldest are forgotten first. */
const MOST_PARTS_KEPT = 50_000;

/** A message that a gateway takes and reports in parts. */
export class MessageInParts {
  #expected: number;
  readonly #onAdded: (id: string) => void;
  readonly #delivered = new Set<string>();
  #reference: string | null = null;

  constructor(expected: number, onAdded: (id: string) => void) {
    this.#expected = expected;
    this.#onAdded = onAdded;
  }

  /** By which the message is known: the id of its first part; null while no part has one. */
  get reference(): string | null {
    return this.#reference;
  }

  /** A part was taken under this id; null: under none, so that nothing will be heard of it. */
  add(id: string | null): void {
    if (id === null) {
      this.#expected -= 1;
      return;
    }
    this.#reference ??= id;
    this.#onAdded(id);
  }

  /**
   * What a report of a part says of the message: undelivered when one part is, delivered when all are. The same however
   * often it comes, for whoever is to keep it may have failed to.
   *
   * @returns null: nothing yet.
   */
  judge({ id, state, code }: PartReport): Omit<DeliveryReport, "gateway"> | null {
    if (state === "delivered") this.#delivered.add(id);
    if (state === "delivered" && this.#delivered.size < this.#expected) return null;
    return { reference: this.#reference ?? id, state, code };
  }
}

/**
 * Which parts belong to which message, of one gateway. In memory alone: after a start a message is what its first part
 * is, whose id is its reference.
 */
export class PartLedger {
  readonly #messages = new Map<string, MessageInParts>();

  /** @param expected parts that will be reported. */
  open(expected: number): MessageInParts {
    const message = new MessageInParts(expected, (id) => {
      this.#messages.set(id, message);
      if (this.#messages.size <= MOST_PARTS_KEPT) return;
      for (const oldest of this.#messages.keys()) {
        this.#messages.delete(oldest);
        return;
      }
    });
    return message;
  }

  has(id: string): boolean {
    return this.#messages.has(id);
  }

  /** See {@link MessageInParts.judge}; a part that nobody knows is a message by itself. */
  judge(part: PartReport): Omit<DeliveryReport, "gateway"> | null {
    const message = this.#messages.get(part.id);
    if (message !== undefined) return message.judge(part);
    return { reference: part.id, state: part.state, code: part.code };
  }
}
