/** JSON in whose strings placeholders stand. */
export type Template =
  string | number | boolean | null | readonly Template[] | { readonly [name: string]: Template };

/** What placeholders stand for; "" where there is nothing to say. */
export type Filling = Readonly<Record<PlaceholderName, string | number>>;

const PLACEHOLDERS = [
  "to",
  "text",
  "sender",
  "id",
  "report_url",
  "alphabet",
  "validity_seconds",
  "validity_ms",
  "expires_at",
  "username",
  "password",
] as const;
type PlaceholderName = (typeof PLACEHOLDERS)[number];

const PLACEHOLDER = /\{([a-z_]+)\}/g;

/** Whether it is a mapping, and no placeholder in it is unknown. */
export function isBodyTemplate(text: string): boolean {
  try {
    const template = readTemplate(text);
    const isMapping = typeof template === "object" && template !== null && !Array.isArray(template);
    return isMapping && [...text.matchAll(PLACEHOLDER)].every(([, name = ""]) => isPlaceholder(name));
  } catch {
    return false;
  }
}

/** @throws {SyntaxError} where it is no JSON. */
export function readTemplate(text: string): Template {
  return JSON.parse(text) as Template;
}

function isPlaceholder(name: string): name is PlaceholderName {
  return PLACEHOLDERS.some((known) => known === name);
}

/** With every placeholder in a text filled in: no value can become another placeholder. */
export function fillText(text: string, filling: Filling): string {
  return text.replace(PLACEHOLDER, (whole, name: string) =>
    isPlaceholder(name) ? String(filling[name]) : whole,
  );
}

/**
 * Fills a template after it was parsed, so that no text can break out of its string. A string that is nothing but one
 * placeholder becomes a number where that is one, and is left out, with its name, where there is nothing to say;
 * a mapping that has only such is left out too.
 */
export function fillTemplate(template: Template, filling: Filling): Template | undefined {
  if (typeof template === "string") {
    const name = /^\{([a-z_]+)\}$/.exec(template)?.[1];
    if (name === undefined || !isPlaceholder(name)) return fillText(template, filling);
    return filling[name] === "" ? undefined : filling[name];
  }
  if (isList(template)) {
    return template.map((part) => fillTemplate(part, filling)).filter((part) => part !== undefined);
  }
  if (typeof template !== "object" || template === null) return template;
  const filled: Record<string, Template> = {};
  for (const [name, part] of Object.entries(template)) {
    const value = fillTemplate(part, filling);
    if (value !== undefined) filled[name] = value;
  }
  return Object.keys(filled).length === 0 && Object.keys(template).length > 0 ? undefined : filled;
}

function isList(template: Template): template is readonly Template[] {
  return Array.isArray(template);
}

/** A filled template as the body of `application/x-www-form-urlencoded`. */
export function asForm(filled: Template): string {
  if (typeof filled !== "object" || filled === null || isList(filled)) return "";
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(filled)) {
    form.append(name, typeof value === "object" ? JSON.stringify(value) : String(value));
  }
  return form.toString();
}
