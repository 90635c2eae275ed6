import { z } from "zod";
import { flag } from "../setting.js";
import { DID_SOURCES, USUAL_DID_SOURCES } from "../verification/called-did.js";
import { NUMBER_FORMATS } from "./number-format.js";
import { field, HOST_PART, hostPart, several, USER_PART, userPart } from "./trunk-field.js";

const FORMATS = "national, e164 or e164_without_plus";
const ownFormat = z.enum(["as_given", ...NUMBER_FORMATS]).default("as_given");
const OWN_FORMATS = `as_given, ${FORMATS}`;

/** Where a trunk may want to be told the number that is shown, beside From. */
const IDENTITY_HEADERS = ["none", "p-asserted-identity", "p-preferred-identity", "remote-party-id"] as const;

/** Which numbers stand where, and how they are written. */
export const NUMBER_FIELDS = {
  numberFormat: field(
    z.enum(NUMBER_FORMATS).default("national"),
    FORMATS,
    "how the number that is called is written: 09012345678, +819012345678 or 819012345678",
  ),
  callerNumber: field(
    z
      .string()
      .regex(/^\+?\d{1,15}$/)
      .optional(),
    "a telephone number, or the extension that we are at the trunk",
    "the number shown on this trunk, whatever a client has set",
    { unset: "the client's, else HONNIN_CALLER_NUMBER" },
  ),
  fromFormat: field(ownFormat, OWN_FORMATS, "how the number shown is written in From"),
  fromUser: field(
    userPart.optional(),
    USER_PART,
    "user of From where the trunk wants its own there and the number shown in another header",
    { unset: "the number shown" },
  ),
  fromDomain: field(hostPart.optional(), HOST_PART, "domain of From; it need not resolve", {
    unset: "our address",
  }),
  identity: field(
    z.enum(IDENTITY_HEADERS).default("none"),
    IDENTITY_HEADERS.join(", ").replace(/, (?=[^,]*$)/, " or "),
    "the header that has the number shown too",
  ),
  identityFormat: field(ownFormat, OWN_FORMATS, "how it is written there"),
  privacy: field(
    z.enum(["off", "none", "id", "header", "user"]).default("off"),
    "off, none, id, header or user",
    "Privacy of our calls; off: no such header",
  ),
  userPhone: field(flag.default(false), "true or false", "put `;user=phone` behind numbers"),
  didFrom: field(
    several
      .pipe(z.array(z.enum(DID_SOURCES)).min(1))
      .default([...USUAL_DID_SOURCES])
      .readonly(),
    `a list of ${DID_SOURCES.join(", ")}`,
    "where the trunk puts the DID that was dialled, in order",
  ),
} as const;
