/** Who does something, as the audit trail names them. */
export interface Who {
  /** Null: a command, or somebody who is not logged in. */
  readonly adminId: string | null;
  readonly actor: string;
  readonly address: string;
}

/** A command of whose user nothing is known. */
export const BY_COMMAND: Who = { adminId: null, actor: "command", address: "local" };

/** What the service does by itself, by the clock. */
export const BY_SERVICE: Who = { adminId: null, actor: "service", address: "local" };

/** Not logged in, or not yet. */
export function somebodyAt(address: string): Who {
  return { adminId: null, actor: "nobody", address };
}
