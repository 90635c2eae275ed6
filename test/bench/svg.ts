/** Of every drawing. */
export const WIDTH = 760;
/** Told apart by brightness too, for those who do not see colours. */
export const COLOURS = ["#27548a", "#e0a458", "#7d8f69"] as const;

/** A drawing with its title, of that height and beginning at that distance from the left. */
export function svgOf(title: string, height: number, left: number, elements: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="13">`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    `<text x="${left}" y="22" font-size="15" font-weight="bold">${escaped(title)}</text>`,
    ...elements,
    "</svg>",
    "",
  ].join("\n");
}

export function px(value: number): string {
  return value.toFixed(1);
}

export function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
