import { z } from "zod";
import { secret, setting } from "./setting.js";
import { readGatewayUrl } from "./sms/gateway-url.js";
import { withoutLogin } from "./sms/short-form.js";

/** A URL whose user and password, if it has any, can be told from the rest. */
function isGatewayUrl(url: string): boolean {
  if (!URL.canParse(url) || readGatewayUrl(withoutLogin(url)) === null) return false;
  try {
    decodeURIComponent(new URL(url).username + new URL(url).password);
    return true;
  } catch {
    return false;
  }
}

/** The short form of a single gateway for SMS. */
export const SMS_SETTINGS = {
  smsUrl: setting(
    "HONNIN_SMS_URL",
    z.string().refine(isGatewayUrl).optional(),
    "smpp://USER:PASSWORD@HOST:PORT, smpps://… or https://…",
    "the gateway for SMS; the short form of a list of one, sms",
    { ...secret, unset: "no SMS" },
  ),
  smsSender: setting(
    "HONNIN_SMS_SENDER",
    z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/)
      .optional(),
    "up to 64 printable characters of ASCII",
    "the sender that is shown, as it was agreed with that gateway",
    { unset: "the gateway's own" },
  ),
} as const;
