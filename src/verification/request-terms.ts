/** What a verification is asked for by, as words. DESIGN section 3 fixes them; the first is what is meant without one. */

/** Who calls whom: we the person, or the person us. */
export const DIRECTIONS = ["outbound", "inbound"] as const;
export type Direction = (typeof DIRECTIONS)[number];

export const CHANNELS = ["voice", "sms"] as const;
export type Channel = (typeof CHANNELS)[number];

/** What proves that the person holds the number: the code keyed on the telephone, or heard there; or the call itself. */
export const METHODS = ["keypad", "spoken", "caller_id"] as const;
export type Method = (typeof METHODS)[number];
