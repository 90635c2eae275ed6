import type { NumberFormat } from "../../../trunks/number-format.js";
import type { Template } from "../template.js";

/** Something at a place, and the values that are looked for there. */
export interface Rule {
  readonly at: string;
  readonly values: readonly string[];
}

/** How one kind of gateway takes messages and reports of them: data, no code. */
export interface Manner {
  readonly numberFormat: NumberFormat;
  readonly auth: "none" | "basic" | "bearer";
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyAs: "json" | "form";
  readonly body: Template;
  readonly idAt: string;
  /** What an answer of 2xx has to say besides; null: 2xx is enough. */
  readonly accepted: Rule | null;
  /** Of an answer of 2xx: to be tried later, nothing was sent. 429 says so of itself. */
  readonly throttled: Rule | null;
  /** Where a refusal has its word. */
  readonly codeAt: string | null;
  /** HTTP statuses after which nothing was sent for certain. */
  readonly refusedStatuses: readonly number[];
  readonly report: ReportManner;
}

export interface ReportManner {
  /** Where the list of reports is; null: the body is one, or a list of them. */
  readonly listAt: string | null;
  readonly idAt: string;
  readonly delivered: readonly Rule[];
  readonly undelivered: readonly Rule[];
  readonly codeAt: string;
  /** By whose rules reports are signed, besides the secret in their path. */
  readonly signature: "twilio" | null;
}

/**
 * 4xx says that the request was not carried out. Not so 408 (the gateway may have read all of it), 409 (it may be the
 * message that was sent before), 425; 429 is told apart.
 */
export const USUALLY_REFUSED: readonly number[] = Array.from({ length: 100 }, (_, at) => 400 + at).filter(
  (status) => ![408, 409, 425, 429].includes(status),
);
