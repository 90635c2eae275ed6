/** What a setting of clients means and takes, for the commands and the manual. */
export interface Description {
  /** How the text of a command becomes a value. */
  readonly kind: "text" | "list" | "whole" | "flag";
  readonly expected: string;
  /** Where it is one of a few words, or a list of them. */
  readonly options?: readonly string[];
  readonly meaning: string;
  /** What holds where it is not set and has no default of its own. */
  readonly unset?: string;
}
