import { z } from "zod";

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("stable; rely on this"),
    detail: z.string(),
    errors: z.array(z.strictObject({ field: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: "Problem", description: "A refusal, RFC 9457 / エラー" });
