import type { ClientSettings } from "../clients/client-settings.js";
import type { Locale } from "../verification/prompt-id.js";
import { type Channel, CHANNELS, type Method } from "../verification/request-terms.js";
import { Problem } from "./problem.js";
import type { EnrollmentBody } from "./enrollment-schemas.js";
import { methodOf, type RegisterBody } from "./verification-schemas.js";

/** A request with nothing left open: what is stored, and what a repeated one is compared by. */
export type ClientRequest = RegisterBody & {
  readonly locale: Locale;
  /** The first of them. */
  readonly channel: Channel;
  readonly method: Method;
};

/**
 * Fills in what the client's settings decide, and holds the request against them.
 *
 * @throws {Problem} `not_permitted`.
 */
export function asClientRequest(body: RegisterBody, settings: ClientSettings): ClientRequest {
  if (!settings.directions.includes(body.direction)) throw notPermitted("direction", body.direction);
  const method = methodOf(body);
  const channels = body.channels?.map(({ channel }) => channel) ?? [body.channel ?? CHANNELS[0]];
  const [channel = CHANNELS[0]] = channels;
  for (const one of channels) if (!settings.channels.includes(one)) throw notPermitted("channel", one);
  if (channels.includes("voice") && !settings.methods.includes(method)) throw notPermitted("method", method);
  return { ...body, method, channel, locale: body.locale ?? settings.locale };
}

/** An enrollment with nothing left open. */
export type ClientEnrollment = EnrollmentBody & { readonly locale: Locale };

/**
 * The same for an enrollment: its calls come in, and prove the number by themselves or by the PIN.
 *
 * @throws {Problem} `not_permitted`.
 */
export function asClientEnrollment(body: EnrollmentBody, settings: ClientSettings): ClientEnrollment {
  requirePermission(settings, body.pin === undefined ? "caller_id" : "keypad");
  return { ...body, locale: body.locale ?? settings.locale };
}

/**
 * Holds against the settings by what method the calls of an enrollment are to prove the number.
 *
 * @throws {Problem} `not_permitted`.
 */
export function requirePermission(
  settings: ClientSettings,
  method: Extract<Method, "caller_id" | "keypad">,
): void {
  if (!settings.directions.includes("inbound")) throw notPermitted("direction", "inbound");
  if (!settings.methods.includes(method)) throw notPermitted("pin", `method ${method}`);
}

function notPermitted(field: string, value: string): Problem {
  return new Problem("not_permitted", `this client may not use ${field} ${value}`, [
    { field, detail: `${value} is not permitted to this client` },
  ]);
}
