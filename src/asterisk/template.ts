import { ConfigurationValueError } from "./errors.js";

/** What a template's names may stand for; `true` is written `yes`, as Asterisk has it. */
export type TemplateValues = Readonly<Record<string, string | number | boolean>>;

/** In `pjsip-trunk*.conf`: values in which a `;` has a meaning of its own, and braces have none. */
const ESCAPED: readonly string[] = ["trunkPassword", "contactUri", "proxyUri", "serverUri"];

const PLACEHOLDER = /\{\{([A-Za-z0-9]+)\}\}/g;

/**
 * Fills in the `{{names}}` of a configuration template.
 *
 * A value that could end its line or its meaning is refused, not escaped: `;` begins a comment, a line
 * break begins another setting, `{` could make a variable of it in the dialplan, and blanks at the ends
 * are silently lost by Asterisk's reader. A carrier's password is not ours to choose, and a SIP URI has parameters: there
 * `;` is escaped, and braces mean nothing where they stand. A name without value and a value without name are mistakes too:
 * the second is how a renamed placeholder silently stops having an effect.
 */
export function renderTemplate(template: string, text: string, values: TemplateValues): string {
  const unused = new Set(Object.keys(values));
  const rendered = text.replace(PLACEHOLDER, (_whole, name: string) => {
    const value = values[name];
    if (value === undefined)
      throw new ConfigurationValueError(name, `${template} asks for it, nobody gave it`);
    unused.delete(name);
    return asConfigurationText(name, value);
  });
  const [stray] = unused;
  if (stray !== undefined) throw new ConfigurationValueError(stray, `${template} has no place for it`);
  return rendered;
}

function asConfigurationText(name: string, value: string | number | boolean): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new ConfigurationValueError(name, `${String(value)} is not a whole number`);
    }
    return String(value);
  }
  if (value === "") throw new ConfigurationValueError(name, "it is empty");
  if (/\p{Cc}/u.test(value))
    throw new ConfigurationValueError(name, "it has a line break or control character");
  if (value.trim() !== value) throw new ConfigurationValueError(name, "it begins or ends with a blank");
  if (ESCAPED.includes(name)) return value.replaceAll(";", "\\;");
  const special = /[;{}]/.exec(value);
  if (special !== null) throw new ConfigurationValueError(name, `it has a "${special[0]}"`);
  return value;
}
