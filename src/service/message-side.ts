import { Messages } from "../messages/messages.js";
import { Reports } from "../messages/reports.js";
import { UnderWay } from "../messages/under-way.js";
import type { OnReport, SmsSender } from "../sms/sms-sender.js";
import type { Store } from "../store/store.js";
import { OwedWrites } from "../telephony/owed-writes.js";
import type { Running } from "./running.js";

/** Opens the ways out for messages; null: none is configured. */
export type OpenSender = (running: Running, onReport: OnReport) => Promise<SmsSender | null>;

/** What holds until gateways are configured. */
export const noSender: OpenSender = () => Promise.resolve(null);

/** Messages out, and what gateways tell of them. */
export class MessageSide {
  readonly #running: Running;
  readonly #messages: Messages | null;
  readonly #sender: SmsSender | null;

  private constructor(running: Running, sender: SmsSender | null, messages: Messages | null) {
    this.#running = running;
    this.#sender = sender;
    this.#messages = messages;
  }

  static async open(running: Running, store: Store, openSender: OpenSender): Promise<MessageSide> {
    const { settings, log, clock, teardown, stopping } = running;
    const owed = new OwedWrites(log);
    teardown.add("owed writes of messages", () => owed.stop());
    const underWay = new UnderWay();
    const reports = new Reports({ store, clock, log, owed, underWay });
    const sender = await openSender(running, (report) => reports.take(report));
    if (sender !== null) teardown.add("the SMS gateways", () => sender.close());
    stopping.throwIfAborted();
    const parts = { store, clock, log, owed, underWay, limits: settings.calls.limits };
    return new MessageSide(running, sender, sender === null ? null : new Messages(parts, sender));
  }

  /** Whether a message could be sent now. */
  get available(): boolean {
    return this.#sender !== null && this.#sender.ready.length > 0;
  }

  async start(): Promise<void> {
    const messages = this.#messages;
    if (messages === null) return;
    this.#running.teardown.add("messages", () => messages.stop());
    await messages.start();
  }
}
