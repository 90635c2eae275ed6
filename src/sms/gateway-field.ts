import { z } from "zod";

/** A key of an entry of `sms:` says as much as one of an entry of `trunks:`. */
export { defaultsOf, field, PREFIXES, prefixes, several } from "../trunks/trunk-field.js";

/** Names and values, both text. */
export const texts = z.record(z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/), z.string().max(1000));

/** Where something stands in JSON: `messages.0.status`, `*` for each of a list. A form has names alone. */
export const place = z.string().regex(/^[^.\s]{1,64}(\.[^.\s]{1,64}){0,7}$/);
export const PLACE = "names with dots between, such as messages.0.status";
