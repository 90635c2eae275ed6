import { z } from "zod";
import { timeSchema } from "../../representation/time.js";
import { LINE_TYPES } from "../../verification/phone-number.js";
import { FAILURE_REASONS, VERIFICATION_STATUSES } from "../../verification/status.js";

const STATISTICS_STEPS = ["hour", "day"] as const;
export type StatisticsStepName = (typeof STATISTICS_STEPS)[number];
/** How many of each may be asked for: a week of hours, a quarter of days. */
const MOST = { hour: 168, day: 92 } as const;

export const statisticsQuerySchema = z
  .strictObject({
    step: z.enum(STATISTICS_STEPS).default("hour"),
    steps: z
      .string()
      .regex(/^[1-9]\d{0,2}$/, "a whole number")
      .transform(Number)
      .default(24),
    /** The last step is the one that ends then or later; now, where it is not given. */
    until: timeSchema.optional(),
    client: z.string().min(1).max(64).optional(),
  })
  .refine(({ step, steps }) => steps <= MOST[step], { path: ["steps"], error: "168 hours, or 92 days" });

const count = z.int().min(0);
const spread = z.strictObject({ median: z.number(), p95: z.number() }).nullable();

export const statisticsSchema = z.strictObject({
  step: z.enum(STATISTICS_STEPS),
  from: timeSchema,
  to: timeSchema,
  clients: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  trunk_max_calls: count,
  /** One after the other, those too in which nothing was registered. */
  points: z.array(
    z.strictObject({
      from: timeSchema,
      to: timeSchema,
      statuses: z.record(z.enum(VERIFICATION_STATUSES), count),
      reasons: z.partialRecord(z.enum(FAILURE_REASONS), count),
      wrong_codes: count,
      calls: z.partialRecord(z.enum(LINE_TYPES), z.strictObject({ made: count, answered: count })),
      /** From the beginning of an outbound call to its answer, ms. */
      to_answer: spread,
      /** From registration to the verdict, ms. */
      to_verdict: spread,
      most_calls: z.strictObject({ outbound: count, inbound: count }),
    }),
  ),
});
export type Statistics = z.output<typeof statisticsSchema>;
