import { readFileSync } from "node:fs";
import { parse as parseYaml } from "yaml";
import { ConfigError } from "../config-error.js";
import { type Tariff, tariffSchema } from "./tariff-schema.js";

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
