/** What a client has set; a client without a row has the defaults. */
export interface ClientSettingsTable {
  client_id: string;
  /** JSON object of those settings that are set; see `client-settings.ts`. */
  settings: string;
}

/** A DID that a client has claimed for itself: by the primary key, at most one client has it. */
export interface ClientDidTable {
  /** As `canonicalDid` spells it. */
  did: string;
  client_id: string;
  /** In the client's own order: the first is its default. */
  position: number;
}
