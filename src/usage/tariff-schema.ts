import { z } from "zod";

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

export const tariffSchema = z.strictObject({
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
  /** One unit: a part of a message that a gateway has taken; the included ones are the first of the month. */
  sms: z.strictObject({
    monthly_base: yen,
    included: units,
    per_unit: yen,
    /** What a gateway charges for a part, and budgets count; without it they count `per_unit`. */
    cost: yen.optional(),
  }),
});

/** Prices in yen. A service's monthly base is due in a month in which it was used. */
export type Tariff = z.output<typeof tariffSchema>;
