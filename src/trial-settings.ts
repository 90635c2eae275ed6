import type { SettingKey } from "./settings.js";

/**
 * What holds where not a single setting was given, neither in the environment nor in a file: the demonstration site, a
 * test telephone, and a number to call. Neither number can be that of a real telephone: no exchange in Japan begins
 * with 0 or 1. Whoever sets anything sets up a service, and has none of this.
 */
export const TRIAL_SETTINGS = {
  demo: "true",
  testPhones: "0600000001=1001",
  dids: "0310000001",
} as const satisfies Partial<Record<SettingKey, string>>;
