import { messageParts } from "./message-parts.js";
import type { Locale } from "./prompt-id.js";

/** What a message is made of. */
interface MessageWording {
  /** The client's own text; null: ours. */
  readonly template: string | null;
  /** Whom the code is for, as the person knows it. */
  readonly company: string;
  /** Of the page on which the code is typed: browsers fill it in there and nowhere else. Null: none. */
  readonly domain: string | null;
  /** What `{link}` becomes; null: nothing. */
  readonly link: string | null;
}

/** Ours: one part with a company of 15 characters, in either language. */
const TEMPLATES: Readonly<Record<Locale, string>> = {
  ja: "【{company}】認証番号は {code} です。{minutes}分以内に入力してください。",
  en: "{company}: your code is {code}. Enter it within {minutes} minutes.",
};

/** Stands at the end of every message, or where a template wants it. */
const WARNINGS: Readonly<Record<Locale, string>> = {
  ja: "誰にも教えないでください。",
  en: "Never tell it to anybody.",
};

export const PLACEHOLDERS = ["code", "company", "minutes", "warning", "link"] as const;
type Placeholder = (typeof PLACEHOLDERS)[number];

/** More is no message of a code; each part is paid for. */
export const MOST_PARTS = 4;

const IN_BRACES = /\{([^{}]*)\}/g;

/**
 * The text of a message with a code. The last line is what browsers read (WebOTP, "origin-bound one-time codes"):
 * `@example.com #123456`.
 *
 * @param expiresAt epoch milliseconds; the minutes that are left are told, begun ones left out, one at least.
 */
export function messageText(
  { template, company, domain, link }: MessageWording,
  locale: Locale,
  code: string,
  expiresAt: number,
  now: number,
): string {
  const whole = template ?? TEMPLATES[locale];
  const values: Readonly<Record<Placeholder, string>> = {
    code,
    company,
    minutes: String(Math.max(1, Math.floor((expiresAt - now) / 60_000))),
    warning: WARNINGS[locale],
    link: link ?? "",
  };
  // In one pass: what is put in is not looked through again.
  const said = whole.replace(IN_BRACES, (braces, name: string) =>
    isPlaceholder(name) ? values[name] : braces,
  );
  const warned = whole.includes("{warning}") ? said : `${said}${locale === "en" ? " " : ""}${values.warning}`;
  return domain === null ? warned : `${warned}\n\n@${domain} #${code}`;
}

function isPlaceholder(name: string): name is Placeholder {
  return PLACEHOLDERS.some((one) => one === name);
}

/** The longest that a template can become, to be held against {@link MOST_PARTS}. */
const LONGEST = {
  code: "W".repeat(32),
  domain: `${"w".repeat(57)}.jp`,
  company: "社".repeat(30),
  link: "w".repeat(80),
  minutes: 10,
} as const;

/** What is wrong with a template; null: nothing. */
export function faultOfTemplate(template: string): string | null {
  const unknown = [...template.matchAll(IN_BRACES)].find(([, name = ""]) => !isPlaceholder(name));
  if (unknown !== undefined) return `${unknown[0]} is no placeholder`;
  if (/[{}]/.test(template.replace(IN_BRACES, ""))) return "a brace without its other";
  if (!template.includes("{code}")) return "{code} is missing";
  if (isControlled(template)) return "control characters";
  if (hasLink(template)) return "a link: set sms_link, and write {link} where it is to stand";
  const wording = { template, company: LONGEST.company, domain: LONGEST.domain, link: LONGEST.link };
  const text = messageText(wording, "ja", LONGEST.code, LONGEST.minutes * 60_000, 0);
  if (messageParts(text).parts.length > MOST_PARTS) return `more than ${MOST_PARTS} parts`;
  return null;
}

/** Also what breaks a line by another name, and what turns the direction of writing, by which one text looks like another. */
const CONTROLS = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

function isControlled(text: string): boolean {
  return CONTROLS.test(text.replaceAll("\n", ""));
}

/** A scheme, `www.`, a name in any script with a top-level domain, or an address: what a telephone makes a link of. */
const LINK = /[a-z][a-z0-9+.-]*:\/\/|www\.|[\p{L}\p{N}-][.。][a-z]{2,}|\d{1,3}(\.\d{1,3}){3}/iu;

/**
 * Whether a telephone would show a link in it: people are not to learn that messages with codes have some. Placeholders
 * count as a word, and the company as one that may end with a point: what stands behind them would make a link of them.
 */
function hasLink(text: string): boolean {
  const written = text.normalize("NFKC");
  return [" ", "x", "x."].some((word) =>
    LINK.test(
      written.replaceAll(IN_BRACES, (_, name) => (name === "company" ? word : word.replace(".", ""))),
    ),
  );
}

/** A name that was given for other purposes, as a company may be called in a message: without what would make a link. */
export function asCompanyName(name: string): string {
  return isCompanyName(name)
    ? name
    : Array.from(name.replace(/[^\p{L}\p{N} -]+/gu, " ").trim())
        .slice(0, 30)
        .join("");
}

/** What a company may be called in a message: a line of up to 30 characters that is no link. */
export function isCompanyName(text: string): boolean {
  const { length } = Array.from(text);
  return length > 0 && length <= 30 && !/[\n{}]/.test(text) && !isControlled(text) && !hasLink(text);
}
