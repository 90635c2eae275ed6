import { createHash, timingSafeEqual } from "node:crypto";
import { errorText, type Logger } from "../../log.js";
import type { Gateway } from "../gateway.js";
import type { GatewayReports, ReportEnded } from "../sending/gateway-reports.js";
import type { PartReport } from "../sending/part-ledger.js";
import { reportedCode } from "./judge-answer.js";
import type { Manner, ReportManner, Rule } from "./manners/manner.js";
import { listAt, textAt, textsAt } from "./place-in.js";
import { isSignedByTwilio } from "./twilio-signature.js";

/** A report as it came in by a path that is open. */
export interface ReportRequest {
  readonly gateway: string;
  /** JSON, or the fields of a form. */
  readonly body: unknown;
  /** Of a header by its name in lower case. */
  readonly header: (name: string) => string | undefined;
}

/** `unsigned`: the gateway signs, and this is no signature of its. `failed`: it was not kept. */
export type ReportAnswer = "taken" | "unsigned" | "unreadable" | "failed";

interface Registered {
  readonly gateway: Gateway;
  readonly manner: Manner;
  readonly reports: GatewayReports;
  readonly token: string;
}

interface DoorParts {
  readonly log: Logger;
  readonly onReportEnd?: ((gateway: string, end: ReportEnded) => void) | undefined;
}

/** One request brings so many reports at most. */
const MOST_REPORTS = 1_000;

/** Where gateways by HTTP tell what became of messages: by a path that has a secret of each. */
export class ReportDoor {
  readonly #parts: DoorParts;
  readonly #registered = new Map<string, Registered>();
  /** How often somebody came with a wrong path, or without a signature. */
  refused = 0;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** @returns the URL to tell the gateway; null where nobody said where we can be reached. */
  add(registered: Registered): string | null {
    const { gateway } = registered;
    this.#registered.set(gateway.name, registered);
    return publicUrlOf(registered);
  }

  /** Whether there is anybody to come. */
  get isUsed(): boolean {
    return this.#registered.size > 0;
  }

  /** Whether it is the path of a gateway; of one that there is not a secret is compared too. */
  isOpenTo(gateway: string, token: string): boolean {
    const registered = this.#registered.get(gateway);
    if (isSame(token, registered?.token ?? "") && registered !== undefined) return true;
    this.refused += 1;
    return false;
  }

  async take({ gateway, body, header }: ReportRequest): Promise<ReportAnswer> {
    const registered = this.#registered.get(gateway);
    if (registered === undefined) return "unreadable";
    const { manner, reports } = registered;
    if (manner.report.signature === "twilio") {
      const url = publicUrlOf(registered);
      const key = registered.gateway.password ?? "";
      if (url === null || !isSignedByTwilio(header("x-twilio-signature"), url, body, key))
        return this.#unsigned();
    }
    const parts = listAt(body, manner.report.listAt).slice(0, MOST_REPORTS);
    const read = parts.map((part) => readReport(part, manner.report));
    if (read.length === 0 || read.every((report) => report === null)) return "unreadable";
    try {
      await Promise.all(read.map((report) => this.#keep(gateway, reports, report)));
      return "taken";
    } catch (error) {
      this.#parts.onReportEnd?.(gateway, "failed");
      this.#parts.log.warn("a report of an SMS was not kept; the gateway is to send it again", {
        gateway,
        error: errorText(error),
      });
      return "failed";
    }
  }

  async #keep(
    gateway: string,
    reports: GatewayReports,
    report: PartReport | "not_final" | null,
  ): Promise<void> {
    if (report === null) return;
    this.#parts.onReportEnd?.(gateway, report === "not_final" ? report : await reports.take(report));
  }

  #unsigned(): ReportAnswer {
    this.refused += 1;
    return "unsigned";
  }
}

function publicUrlOf({ gateway, token }: Registered): string | null {
  const base = gateway.publicUrl?.replace(/\/$/, "");
  return base === undefined ? null : `${base}/sms/reports/${gateway.name}/${token}`;
}

/** Both are hashed first, so that neither length nor content shows in the time it takes. */
function isSame(given: string, wanted: string): boolean {
  const [a, b] = [given, wanted].map((text) => createHash("sha256").update(text).digest());
  return a !== undefined && b !== undefined && timingSafeEqual(a, b);
}

/** null: it names no message. */
function readReport(json: unknown, manner: ReportManner): PartReport | "not_final" | null {
  const id = textAt(json, manner.idAt);
  if (id === null || id.length > 200) return null;
  const holds = (rules: readonly Rule[]): boolean =>
    rules.some(({ at, values }) => textsAt(json, at).some((said) => values.includes(said)));
  if (holds(manner.delivered)) return { id, state: "delivered", code: null };
  if (holds(manner.undelivered)) {
    return { id, state: "undelivered", code: reportedCode(json, manner.codeAt) };
  }
  return "not_final";
}
