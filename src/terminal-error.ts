/**
 * Something went wrong that the person at the terminal has to see to, by a stable code: English first, then one line of
 * Japanese.
 */
export class TerminalError extends Error {
  readonly code: string;

  constructor(code: string, english: string, japanese: string, options?: ErrorOptions) {
    super(`${english}\n${japanese}`, options);
    this.name = new.target.name;
    this.code = code;
  }
}
