import { Problem } from "./problem.js";

/** More than any request has; bounds the work that 16 KiB of `&` would cause. */
const MOST_FIELDS = 50;

/**
 * Reads `application/x-www-form-urlencoded` as the object that it spells: `metadata[order]=7` is how a form writes
 * an object, a name given twice or `dids[]` a list.
 *
 * @throws {Problem} `malformed_body` for percent-encoded bytes that are no UTF-8: to put a replacement character in
 * their place would store what nobody has sent.
 */
export function parseForm(text: string): Readonly<Record<string, unknown>> {
  const pairs = text.split("&").filter((pair) => pair !== "");
  if (pairs.length > MOST_FIELDS)
    throw new Problem("body_too_large", `at most ${MOST_FIELDS} fields are read`);
  const fields = new Map<string, unknown>();
  const metadata = new Map<string, unknown>();
  const transaction = new Map<string, unknown>();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    const name = decode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? "" : decode(pair.slice(equals + 1));
    const [, object, inner] = /^(metadata|transaction)\[([^\]]+)\]$/.exec(name) ?? [];
    if (inner === undefined) add(fields, name.endsWith("[]") ? name.slice(0, -2) : name, value);
    else add(object === "metadata" ? metadata : transaction, inner, value);
  }
  if (metadata.size > 0) add(fields, "metadata", Object.fromEntries(metadata));
  if (transaction.size > 0) add(fields, "transaction", Object.fromEntries(transaction));
  // From entries: a field named `__proto__` is a field like any other.
  return Object.fromEntries(fields);
}

function add(fields: Map<string, unknown>, name: string, value: unknown): void {
  const before = fields.get(name);
  if (before === undefined) fields.set(name, value);
  else fields.set(name, Array.isArray(before) ? [...(before as unknown[]), value] : [before, value]);
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    throw new Problem("malformed_body", "the form is not percent-encoded UTF-8");
  }
}
