import { styleText } from "node:util";

type Stream = NodeJS.WriteStream;
type Colour = "red" | "yellow" | "green" | "cyan" | "dim" | "bold";

/** Text in a colour where a terminal is that shows it, and NO_COLOR (https://no-color.org) does not forbid it. */
export function coloured(colour: Colour, text: string, stream: Stream = process.stdout): string {
  return styleText(colour, text, { stream });
}

/** What goes on, in a line that the next one takes the place of; only for somebody who sits there. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}
