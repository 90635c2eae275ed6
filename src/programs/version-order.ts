/** `1:22.10.1+dfsg+~cs6.17-1` → `22.10.1`: the part of a Debian version that upstream gave. */
export function upstreamVersion(version: string): string {
  return /^(?:\d+:)?(\d+(?:\.\d+)*)/.exec(version)?.[1] ?? "0";
}

/** Whether a version is at least so new, by its upstream numbers alone: no suffix makes 22.9 newer than 22.10. */
export function isAtLeast(version: string, minimum: string): boolean {
  const ours = upstreamVersion(version).split(".").map(Number);
  const theirs = upstreamVersion(minimum).split(".").map(Number);
  for (let i = 0; i < Math.max(ours.length, theirs.length); i++) {
    const difference = (ours[i] ?? 0) - (theirs[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
