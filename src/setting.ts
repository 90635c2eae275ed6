import { z } from "zod";

/** One setting: environment name, meaning, unit, default and what is accepted. */
interface Setting<S extends z.ZodType> {
  readonly env: string;
  readonly meaning: string;
  readonly expected: string;
  readonly schema: S;
  readonly secret: boolean;
  /** What holds where it is not set and has no default of its own. */
  readonly unset: string | undefined;
}

export function setting<S extends z.ZodType>(
  env: string,
  schema: S,
  expected: string,
  meaning: string,
  options: { secret?: boolean; unset?: string } = {},
): Setting<S> {
  return { env, schema, expected, meaning, secret: options.secret ?? false, unset: options.unset };
}

/** A meaning as a command prints it: with what holds where nothing is set. */
export function withUnset({ meaning, unset }: { meaning: string; unset?: string | undefined }): string {
  return unset === undefined ? meaning : `${meaning}; unset: ${unset}`;
}

/** Decimal digits only: an empty value, 0x1F90 or `true` must not become a number by itself. */
const decimal = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/)
  .transform(Number);

export const number = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodType<number, string>> =>
  decimal.pipe(z.number().min(min).max(max)).default(fallback);

export const whole = (fallback: number, min: number, max: number): z.ZodDefault<z.ZodType<number, string>> =>
  decimal.pipe(z.number().int().min(min).max(max)).default(fallback);

/** Unset: what the setting is about is not done. */
export const wholeOrUnset = (min: number, max: number): z.ZodOptional<z.ZodType<number, string>> =>
  decimal.pipe(z.number().int().min(min).max(max)).optional();

export const text = z.string().min(1).optional();
export const flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((value) => value === "true")]);
/** A YAML list, or one comma-separated string. */
export const list = z
  .union([z.array(z.string()), z.string().transform((value) => value.split(","))])
  .transform((values) => values.map((value) => value.trim()).filter((value) => value !== ""))
  .default([]);
export const secret = { secret: true };
