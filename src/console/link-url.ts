/** Where a link leads. The token stands behind `#`: browsers send that to nobody, and no log of a server has it. */
export function linkUrl(origin: URL, token: string): string {
  return `${origin.origin}/welcome#${token}`;
}
