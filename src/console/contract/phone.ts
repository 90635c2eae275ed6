import { z } from "zod";

/** What a telephone in the browser has to know before it is one. */
export const phoneSchema = z.strictObject({
  /** The test telephones, with the numbers that ring them. */
  extensions: z.array(z.strictObject({ name: z.string(), numbers: z.array(z.string()) })),
  /** Numbers of ours, to be called. */
  dids: z.array(z.string()),
  /** Where softphone programs register; a host of null is the one by which the page is reached. */
  sip: z.strictObject({ host: z.string().nullable(), port: z.int(), local: z.boolean() }),
});
export type Phone = z.output<typeof phoneSchema>;

/** The account of a test telephone. */
export const phoneAccountSchema = z.strictObject({
  name: z.string(),
  /** As a browser registers; a softphone program does so by `name`. */
  browser_name: z.string(),
  password: z.string(),
});
export type PhoneAccount = z.output<typeof phoneAccountSchema>;
