/** A table of GitHub's Markdown; prettier aligns it. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(header), line(header.map(() => "---")), ...rows.map(line)].join("\n");
}

export function code(text: string): string {
  return `\`${text}\``;
}

/** What a reader would type or find in an answer: names of settings, fields and codes, and paths. */
const NAMES =
  /HONNIN_[A-Z0-9_]+|\b[a-z]+(?:_[a-z0-9]+)+\b|\/(?:health|v1)\/[\w/]+|;transport=tcp|honnin\.(?:yaml|db)|\+\d{2,}|\b0\d{9,10}(?:=\d{4})?\b|\b(?:sip:|http:\/\/)[\d.:]+/g;

/** Plain words of the code as Markdown. Those that have marks already are left alone. */
export function marked(text: string): string {
  return text.includes("`") ? text : text.replaceAll("<", "\\<").replace(NAMES, code);
}

const CHOICES = /^[\w-]+(?:(?:, | or |、| または )[\w-]+)+$/;

/** As {@link marked}; where nothing but words to choose from stands, each of them is one that is typed. */
export function choices(text: string): string {
  return CHOICES.test(text) ? text.replace(/\b(?!or\b)[\w-]+/g, code) : marked(text);
}
