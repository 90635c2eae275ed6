import { z } from "zod";
import { flag, whole, wholeOrUnset } from "../setting.js";
import { field, several } from "./trunk-field.js";

const CODECS = ["ulaw", "alaw"] as const;
const measure = z.enum(["off", "on", "required"]);

/** What is agreed upon in a call. */
export const MANNER_FIELDS = {
  dtmf: field(
    z.enum(["auto", "rfc4733", "inband", "info"]).default("auto"),
    "auto, rfc4733, inband or info",
    "how keys come: as telephone events (RFC 4733), tones in the sound or SIP INFO",
  ),
  codecs: field(
    several
      .pipe(z.array(z.enum(CODECS)).min(1))
      .default([...CODECS])
      .readonly(),
    `a list of ${CODECS.join(", ")}`,
    "voice that is offered and taken, in order",
  ),
  ptime: field(
    wholeOrUnset(10, 60).refine((ms) => ms === undefined || ms % 10 === 0),
    "10, 20, 30, 40, 50 or 60",
    "milliseconds of voice in a packet that we ask for; set, the trunk's own `ptime` is followed in what we send",
    { unset: "20 both ways, whatever the trunk asks for" },
  ),
  reliableProvisional: field(
    measure.default("off"),
    "off, on or required",
    "100rel (RFC 3262); on: 180 and 183 are sent reliably to whoever can take them",
  ),
  sessionTimers: field(
    measure.default("on"),
    "off, on or required",
    "session timers (RFC 4028); on: where the trunk asks",
  ),
  sessionSeconds: field(whole(1800, 90, 86_400), "90 to 86400", "Session-Expires that we ask for"),
  rport: field(
    flag.default(true),
    "true or false",
    "`rport` in Via and symmetric RTP; false: the same for all trunks",
  ),
  encryption: field(
    z.enum(["none", "sdes"]).default("none"),
    "none or sdes",
    "voice; sdes: SRTP with keys in the SDP (RFC 4568), on calls both ways and never without; wants ;transport=tls",
  ),
} as const;
