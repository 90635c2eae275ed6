import { z } from "zod";
import { text } from "../setting.js";
import { field, PLACE, place, several, texts } from "./gateway-field.js";
import { MANNER_NAMES } from "./http/manners/manner-names.js";
import { isBodyTemplate } from "./http/template.js";

const values = several.pipe(z.array(z.string())).readonly().optional();
const VALUES = "a list of values";

/** How a gateway takes a POST; of no effect with SMPP. What `manner` says holds where a key is not given. */
export const GATEWAY_HTTP_FIELDS = {
  manner: field(
    z.enum(MANNER_NAMES).optional(),
    MANNER_NAMES.join(", ").replace(/, (?=[^,]*$)/, " or "),
    "the kind of gateway; custom: as the keys below say",
    { unset: "by the host of `url`, else custom" },
  ),
  auth: field(
    z.enum(["none", "basic", "bearer"]).optional(),
    "none, basic or bearer",
    "how user and password go in the header Authorization; bearer: the password alone",
    { unset: "as `manner` has it; custom: none" },
  ),
  headers: field(texts.optional(), "names and values", "further headers; placeholders as in `body`", {
    secret: true,
    unset: "as `manner` has it",
  }),
  bodyAs: field(z.enum(["json", "form"]).optional(), "json or form", "how the body is written", {
    unset: "as `manner` has it; custom: json",
  }),
  body: field(
    z.string().refine(isBodyTemplate).optional(),
    "JSON with {to}, {text}, {sender}, {id}, {report_url}, {alphabet}, {validity_seconds}, {validity_ms}, {expires_at}, {username}, {password} in its strings",
    "what is sent; a form takes one level",
    { secret: true, unset: "as `manner` has it; custom: to, text, from and id" },
  ),
  idAt: field(place.optional(), PLACE, "where the answer has the message's id", {
    unset: "as `manner` has it; custom: id",
  }),
  acceptedAt: field(place.optional(), PLACE, "where an answer of 2xx says what became of the message", {
    unset: "as `manner` has it; custom: nowhere, 2xx is enough",
  }),
  acceptedValues: field(values, VALUES, "what stands there when the message was taken", {
    unset: "as `manner` has it",
  }),
  throttledValues: field(values, VALUES, "what stands there when it is to be tried later", {
    unset: "as `manner` has it",
  }),
  refusedStatuses: field(
    several
      .pipe(z.array(z.string().regex(/^[345]\d\d$/)))
      .readonly()
      .optional(),
    "HTTP statuses from 300 to 599",
    "that say for certain that nothing was sent, so that another gateway may be tried",
    { unset: "as `manner` has it; custom: 4xx without 408, 409, 425 and 429" },
  ),
  publicUrl: field(
    z
      .url({ protocol: /^https$/ })
      .refine((url) => URL.canParse(url) && new URL(url).username === "" && new URL(url).search === "")
      .optional(),
    "an https URL",
    "where the gateway reaches our API, for its reports",
    { unset: "{report_url} is empty, and whatever would hold it is left out" },
  ),
  reportToken: field(
    z
      .string()
      .regex(/^[A-Za-z0-9_-]{24,128}$/)
      .optional(),
    "24 to 128 of A-Z, a-z, 0-9, _ and -",
    "secret in the path of its reports, where the path is entered at the gateway",
    { secret: true, unset: "made of the data key" },
  ),
  reportTokenFile: field(text, "a file", "a file with nothing but that secret"),
  reportListAt: field(place.optional(), PLACE, "where a report has its list, if it brings several", {
    unset: "as `manner` has it; custom: it is one",
  }),
  reportIdAt: field(place.optional(), PLACE, "where a report has the message's id", {
    unset: "as `manner` has it; custom: id",
  }),
  reportStateAt: field(place.optional(), PLACE, "where a report says what became of the message", {
    unset: "as `manner` has it; custom: status",
  }),
  reportDelivered: field(values, VALUES, "what stands there when it was delivered", {
    unset: "as `manner` has it; custom: delivered",
  }),
  reportUndelivered: field(values, VALUES, "what stands there when it will not be", {
    unset: "as `manner` has it; custom: undelivered, failed, expired, rejected",
  }),
  reportCodeAt: field(place.optional(), PLACE, "where a report has the word for what went wrong", {
    unset: "as `manner` has it; custom: code",
  }),
} as const;
