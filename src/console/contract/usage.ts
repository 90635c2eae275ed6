import { z } from "zod";
import { statementSchema } from "../../representation/statement.js";
import { tariffSchema } from "../../usage/tariff-schema.js";

export const usageQuerySchema = z.strictObject({
  /** Of Japan; the current one by default. */
  month: z
    .string()
    .regex(/^20\d\d-(0[1-9]|1[0-2])$/, "YYYY-MM")
    .optional(),
});

const yen = z.number();

export const usageSchema = z.strictObject({
  month: z.string(),
  /** The month that is not over. */
  current_month: z.string(),
  tariff: tariffSchema,
  clients: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      statement: statementSchema,
      /** The total if the month goes on as it began; null: it is over, or has only just begun. */
      projected_total: yen.nullable(),
    }),
  ),
  total: yen,
  projected_total: yen.nullable(),
  /** Of the current day and month; none where another month is asked for. */
  budgets: z.array(
    z.strictObject({
      /** Null: of all clients together. */
      client: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
      period: z.enum(["day", "month"]),
      of: z.string(),
      budget: yen.nullable(),
      spent: yen,
      projected: yen.nullable(),
    }),
  ),
});
export type Usage = z.output<typeof usageSchema>;
