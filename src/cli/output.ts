/** Data goes to stdout, talk to stderr, so that a script can read the one and a person the other. */

export function printData(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  printData(JSON.stringify(value, null, 2));
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * A cell of a table: what somebody else has typed (the label of a key, say) moves no cursor of whoever lists it, and
 * turns no text around. In JSON it is escaped as it is.
 */
function plain(cell: string): string {
  return cell.replaceAll(/[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "\ufffd");
}

/** Columns padded to their longest cell; East Asian full-width characters count twice. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const all = [header, ...rows].map((row) => row.map(plain));
  const widths = header.map((_, i) => Math.max(...all.map((row) => displayWidth(row[i] ?? ""))));
  for (const row of all) {
    printData(
      row
        .map((cell, i) => cell + " ".repeat((widths[i] ?? 0) - displayWidth(cell)))
        .join("  ")
        .trimEnd(),
    );
  }
}

const FULL_WIDTH =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/gu;

function displayWidth(text: string): number {
  return text.length + (text.match(FULL_WIDTH)?.length ?? 0);
}
