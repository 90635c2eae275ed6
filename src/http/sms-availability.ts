import type { PhoneNumber } from "../verification/phone-number.js";
import { Problem } from "./problem.js";

export interface SmsAvailability {
  /** Whether there is a gateway at all; without it there is none. */
  readonly smsAvailable?: () => boolean;
}

/** @throws {Problem} `channel_not_available`. */
export function refuseWithoutGateway({ smsAvailable }: SmsAvailability): void {
  if (smsAvailable?.() !== true) throw new Problem("channel_not_available", "no SMS gateway is configured");
}

/** @throws {Problem} `not_a_mobile_number`. */
export function refuseUnlessMobile({ lineType }: PhoneNumber): void {
  if (lineType === "mobile") return;
  const why = `a message is sent to mobile numbers only, and this one is of the kind ${lineType}`;
  throw new Problem("not_a_mobile_number", why, [{ field: "phone_number", detail: why }]);
}
