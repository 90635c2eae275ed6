/** How many calls there may be. */
export interface DialerLimits {
  /** Of all trunks together. */
  readonly maxCalls: number;
  /** To test telephones, which no trunk carries. */
  readonly testPhones: { readonly maxCalls: number; readonly maxCallsPerSecond: number };
  /** Longest wait for a free line, milliseconds. */
  readonly maxQueueMs: number;
}
