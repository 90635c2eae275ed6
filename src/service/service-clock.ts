import type { Clock } from "../clock.js";

/** The time by which a service goes: its machine's, and once there is a database that others share the one of that. */
export interface ServiceClock {
  readonly now: Clock;
  goBy(time: Clock): void;
}

export function serviceClock(): ServiceClock {
  let time: Clock = Date.now;
  return {
    now: () => time(),
    goBy: (other) => {
      time = other;
    },
  };
}
