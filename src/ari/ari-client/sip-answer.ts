import type { AriEvent } from "../messages.js";

/** Set by the hang-up handler of `extensions.conf`, listed in `channelvars`: `SIP 486 Busy Here`. */
const VARIABLE = "HONNIN_TECH_CAUSE";

/** What has to be set on a call so that the dialplan tells its SIP answer; for Asterisk before 22.7. */
export const TELL_SIP_ANSWER: Readonly<Record<string, string>> = {
  "CHANNEL(hangup_handler_push)": "honnin-ended,s,1",
};

/** Q.850 18, no user responding: Asterisk's for 408, and for an INVITE that got no answer at all. */
const NO_USER_RESPONDING = 18;

/** The event with the `tech_cause` that an older Asterisk left to the dialplan to tell. */
export function withSipAnswer(event: AriEvent): AriEvent {
  if (event.type !== "ChannelDestroyed" || event.tech_cause !== undefined) return event;
  const told = Number(/^SIP (\d{3})\b/.exec(event.channel.channelvars?.[VARIABLE] ?? "")?.[1]);
  // As where Asterisk itself tells it: of an unsuccessful INVITE only. The last answer may be a 180 or a 200.
  if (told >= 300) return { ...event, tech_cause: told };
  // RFC 3261 17.1.1.2, 8.1.3.1: an INVITE that Timer B has ended counts as answered with 408.
  return event.cause === NO_USER_RESPONDING ? { ...event, tech_cause: 408 } : event;
}
