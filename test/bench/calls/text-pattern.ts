/** What tells one verification from another in the JSON that is kept of it. */
export interface Known {
  /** Its id and those of its calls. */
  readonly ids: readonly string[];
  /** Its number as it is written after +81 or 0. */
  readonly digits: string;
}

/** The text for another verification, so many milliseconds later. */
export type TextPattern = (other: Known, laterMs: number) => string;

type Piece = (other: Known, laterMs: number) => string;

const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/;

/** Finds ids, number and times in a text once, so that writing it anew is only a matter of joining. */
export function compileText(text: string, { ids, digits }: Known): TextPattern {
  const names = [...ids, digits].map((name) => name.replaceAll(/[.\\]/g, "\\$&"));
  const pieces = text.split(new RegExp(`(${[...names, TIME.source].join("|")})`)).map((part): Piece => {
    const id = ids.indexOf(part);
    if (id !== -1) return (other) => other.ids[id] ?? "";
    if (part === digits) return (other) => other.digits;
    if (!TIME.test(part)) return () => part;
    const time = Date.parse(part);
    return (_other, laterMs) => new Date(time + laterMs).toISOString();
  });
  return (other, laterMs) => pieces.map((piece) => piece(other, laterMs)).join("");
}
