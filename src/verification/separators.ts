/**
 * What stands between the digits of a number or a code and means nothing: hyphens and their look-alikes, as
 * Japanese input methods produce them, the lines and waves that are picked for one (─ ━ 〜 ～) among them; brackets;
 * dots; blanks; and what cannot be seen at all and comes along when text is copied from a page or a mail: soft
 * hyphens, zero-width blanks, the marks of the direction of writing, a byte order mark.
 */
const SEPARATORS =
  /[-\u2010-\u2015\u2212\u2500\u2501~\u223c\u301c\u30fc\u30fb().\s]|\p{Default_Ignorable_Code_Point}/gu;

/** The text in one width (NFKC) and without its separators. What else is in it stays, and is the caller's to judge. */
export function withoutSeparators(text: string): string {
  return text.normalize("NFKC").replace(SEPARATORS, "");
}
