import { WIDE_LIMITS } from "../support/wide-limits.js";

/**
 * Quick where waiting proves nothing; everything else as in service. For a key there is time enough on a machine
 * that has much else to do: a story in which nobody keys waits for it six times at most.
 */
export const TEST_SETTINGS = {
  HONNIN_API_PORT: "0",
  HONNIN_OPS_PORT: "0",
  HONNIN_CONSOLE_PORT: "0",
  HONNIN_TRUNK_MAX_CPS: "50",
  HONNIN_SIP_TIMER_T1_MS: "100",
  HONNIN_SIP_TIMER_B_MS: "6400",
  HONNIN_FIRST_KEY_SECONDS: "5",
  HONNIN_NEXT_KEY_SECONDS: "4",
  HONNIN_REDIAL_PAUSE_SECONDS: "0.2",
  ...WIDE_LIMITS,
  HONNIN_LOG_LEVEL: "debug",
};
