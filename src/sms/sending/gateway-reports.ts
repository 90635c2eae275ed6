import type { DeliveryReport, OnReport } from "../sms-sender.js";
import { type MessageInParts, PartLedger, type PartReport } from "./part-ledger.js";

/** What became of a report: it was of a message of ours, of none that is known, or waits for other parts of its. */
export type ReportEnd = "kept" | "unknown" | "waiting";

/** What became of what came in: a report, one that could not be kept, or a message that is none. */
export type ReportEnded = ReportEnd | "no_receipt" | "not_final" | "failed";

/** The reports of one gateway, on their way to whoever keeps them. */
export class GatewayReports {
  readonly #gateway: string;
  readonly #onReport: OnReport;
  readonly #ledger = new PartLedger();
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(gateway: string, onReport: OnReport) {
    this.#gateway = gateway;
    this.#onReport = onReport;
  }

  /** A part is with the gateway and not answered yet. What is noted of its answer is noted before it settles. */
  async during<Value>(answered: Promise<Value>): Promise<Value> {
    this.#underWay.add(answered);
    try {
      return await answered;
    } finally {
      this.#underWay.delete(answered);
    }
  }

  /** See {@link PartLedger.open}. */
  open(expected: number): MessageInParts {
    return this.#ledger.open(expected);
  }

  /**
   * Resolves when the report is kept, or need not be: only then is the gateway thanked. One that nobody knows may have
   * come before the answer that names it: it waits for the answers that are due.
   *
   * @throws whatever kept it from being kept: the gateway is to send it again.
   */
  async take(part: PartReport): Promise<ReportEnd> {
    if (!this.#ledger.has(part.id)) await Promise.allSettled([...this.#underWay]);
    const judged = this.#ledger.judge(part);
    if (judged === null) return "waiting";
    const report: DeliveryReport = { gateway: this.#gateway, ...judged };
    return (await this.#onReport(report)) ? "kept" : "unknown";
  }
}
