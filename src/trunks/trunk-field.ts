import { isIP } from "node:net";
import { z } from "zod";
import { readTrunkUri } from "./trunk-uri.js";

/** A key of an entry of `trunks:`: its meaning, its default and what is accepted. */
export interface TrunkField<S extends z.ZodType> {
  readonly schema: S;
  readonly meaning: string;
  readonly expected: string;
  /** What holds where it is not given and has no default of its own. */
  readonly unset: string | undefined;
  readonly secret: boolean;
}

/** What an entry is where nothing is said of it, by key. */
export function defaultsOf(fields: Readonly<Record<string, TrunkField<z.ZodType>>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, { schema }]) => [key, schema.safeParse(undefined).data]),
  );
}

export function field<S extends z.ZodType>(
  schema: S,
  expected: string,
  meaning: string,
  { unset, secret = false }: { readonly unset?: string; readonly secret?: boolean } = {},
): TrunkField<S> {
  return { schema, expected, meaning, unset, secret };
}

/** A user part that can stand in a SIP URI as it is (RFC 3261 section 25.1, without what would need escaping). */
export const userPart = z.string().regex(/^[A-Za-z0-9+_.!~*'()-]{1,64}$/);
export const USER_PART = "letters, digits and +_.!~*'()-";

/** What may stand where SIP has a host: a name that need not resolve, or an address. */
export const hostPart = z
  .string()
  .max(253)
  .refine((text) => isIP(text) !== 0 || /^(?=.*[A-Za-z])[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text));
export const HOST_PART = "a host name or an address";

export const trunkUri = z.string().refine((text) => readTrunkUri(text) !== null);
export const TRUNK_URI = "a SIP URI such as sip:192.0.2.1:5060, with ;transport=tcp or ;transport=tls";

/** A list of `trunks:` as YAML has it, or one value of it alone, or several with commas. */
export const several = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(","))])
  .transform((values) => values.map((value) => value.trim()).filter((value) => value !== ""));

/** Beginnings of numbers; none: all numbers. */
export const prefixes = several
  .pipe(z.array(z.string().regex(/^\+\d{1,15}$/)))
  .default([])
  .readonly();
export const PREFIXES = "E.164 prefixes such as +8190";
