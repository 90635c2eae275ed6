import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { ConfigError } from "../config-error.js";

const yen = z.number().min(0).max(1_000_000_000);
const units = z.number().int().min(0);

/** What the carrier charges for an answered call: for the answer, and for each step of time that has begun. */
const price = z
  .strictObject({
    per_call: yen.default(0),
    per_step: yen.default(0),
    step_seconds: z.number().int().min(1).max(3600).default(60),
  })
  .refine(({ per_call, per_step }) => per_call + per_step > 0, "expected per_call, per_step or both");

const tariffSchema = z.strictObject({
  currency: z.literal("JPY").default("JPY"),
  /** One unit: a verification registered for an inbound call. */
  inbound: z.strictObject({ monthly_base: yen, included: units, per_unit: yen }),
  /** One unit: an answered outbound call; the included ones are the first of the month. */
  outbound: z.strictObject({
    monthly_base: yen,
    included: units,
    per_unit: z.strictObject({ fixed: yen, mobile: yen, ip: yen, unknown: yen }),
    /** What budgets count; without it they count `per_unit` for each answered call, the included ones too. */
    cost: z.strictObject({ fixed: price, mobile: price, ip: price, unknown: price }).optional(),
  }),
  /** One unit: a message. */
  sms: z.strictObject({ monthly_base: yen, included: units, per_unit: yen }),
});

/** Prices in yen. A service's monthly base is due in a month in which it was used. */
export type Tariff = z.output<typeof tariffSchema>;

export const DEFAULT_TARIFF: Tariff = {
  currency: "JPY",
  inbound: { monthly_base: 150_000, included: 10_000, per_unit: 10 },
  outbound: {
    monthly_base: 60_000,
    included: 1_000,
    // IP telephones cost a carrier what fixed lines do; a line we cannot tell is priced as the dearer.
    per_unit: { fixed: 21, mobile: 32, ip: 21, unknown: 32 },
  },
  sms: { monthly_base: 20_000, included: 0, per_unit: 18 },
};

/**
 * The tariff of a YAML file, or the default one without a file.
 *
 * @throws {ConfigError} when the file cannot be read or is not a tariff.
 */
export function loadTariff(file: string | undefined): Tariff {
  if (file === undefined) return DEFAULT_TARIFF;
  let document: unknown;
  try {
    document = parseYaml(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError([`HONNIN_TARIFF: cannot read ${file}: ${(error as Error).message}`]);
  }
  const parsed = tariffSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => `HONNIN_TARIFF: ${file}: ${issue.path.join(".")}: ${issue.message}`),
  );
}
