/** What the trunk bears. */
export interface DialerLimits {
  readonly maxCalls: number;
  readonly maxCallsPerSecond: number;
  /** Longest wait for a free line, milliseconds. */
  readonly maxQueueMs: number;
}
