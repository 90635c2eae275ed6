import { z } from "zod";
import { LINE_TYPES } from "../verification/phone-number.js";

export const statementSchema = z
  .strictObject({
    month: z.string(),
    currency: z.literal("JPY"),
    lines: z.array(
      z.strictObject({
        service: z.enum(["inbound", "outbound", "sms"]),
        item: z.enum(["base", "included", "unit"]),
        line_type: z.enum(LINE_TYPES).nullable(),
        units: z.int(),
        seconds: z.int().nullable(),
        price: z.number().describe("yen a unit"),
        amount: z.number().describe("yen"),
      }),
    ),
    total: z.number().describe("yen"),
  })
  .meta({ id: "UsageStatement", description: "Usage of a month / 月の利用明細" });

export type Statement = Readonly<z.output<typeof statementSchema>>;
export type StatementLine = Readonly<Statement["lines"][number]>;
