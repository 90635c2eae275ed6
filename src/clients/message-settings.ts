import { z } from "zod";
import { faultOfTemplate, isCompanyName, MOST_PARTS, PLACEHOLDERS } from "../verification/message-text.js";
import type { Description } from "./setting-description.js";

const smsText = z
  .string()
  .refine((text) => faultOfTemplate(text) === null)
  .nullable()
  .default(null);

const DOMAIN = /^(?=.{4,60}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,}$/;

/** What a client may set of its messages. */
export const MESSAGE_FIELDS = {
  company: z.string().refine(isCompanyName).nullable().default(null),
  sms_text_ja: smsText,
  sms_text_en: smsText,
  sms_domain: z.string().regex(DOMAIN).nullable().default(null),
  sms_link: z
    .string()
    .regex(/^https:\/\/[\x21-\x7e]{4,72}$/)
    .nullable()
    .default(null),
  new_code_each_time: z.boolean().default(false),
};

const SMS_TEXT = `a text with {code}, of up to ${MOST_PARTS} parts and without a link; {${PLACEHOLDERS.join("}, {")}} are filled in`;

export const MESSAGE_SETTINGS = {
  company: {
    kind: "text",
    expected: "a line of up to 30 characters, no link",
    meaning: "what it is called in messages: `{company}`",
    unset: "its name here",
  },
  sms_text_ja: {
    kind: "text",
    expected: SMS_TEXT,
    meaning:
      "the Japanese text of its messages; the warning not to tell the code to anybody is put at the end unless `{warning}` says where",
    unset: "the text that comes with Honnin",
  },
  sms_text_en: {
    kind: "text",
    expected: SMS_TEXT,
    meaning: "the same in English",
    unset: "the text that comes with Honnin",
  },
  sms_domain: {
    kind: "text",
    expected: "a domain of up to 60 characters such as example.com",
    meaning:
      "domain of the page on which the code is typed: as the last line `@example.com #123456`, by which browsers fill it in there and nowhere else",
    unset: "no such line",
  },
  sms_link: {
    kind: "text",
    expected: "an https URL of up to 80 characters",
    meaning:
      "what `{link}` in a text becomes. A text has no link otherwise, so that nobody learns to follow one",
    unset: "none",
  },
  new_code_each_time: {
    kind: "flag",
    expected: "true or false",
    meaning:
      "each message and each spoken call after the first has a new code, and the one before no longer counts; a code that the client chose stays",
  },
} as const satisfies Readonly<Record<keyof typeof MESSAGE_FIELDS, Description>>;
