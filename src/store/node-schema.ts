/** A service, and the Asterisk that is its own. */
export interface NodeTable {
  name: string;
  /** Counted up whenever it joins, and whenever another has closed what it left: what an earlier one does counts for nothing. */
  epoch: number;
  version: string;
  joined_at: number;
  /** Its last sign of life. */
  seen_at: number;
  /** Fingerprints of the data keys that it has, parted by blanks; the first is that by which it enciphers. */
  data_keys: string;
  /** When it left, or was given up; null: it is there. */
  left_at: number | null;
  /** Since when it is to take no calls; null: it takes them. */
  drained_at: number | null;
}

/** What one node does for all of them. */
export interface DutyTable {
  name: string;
  node: string;
  node_epoch: number;
}

/** When the next call may leave by a trunk, whichever node it is from. */
export interface TrunkTurnTable {
  trunk: string;
  /** Epoch microseconds: at hundreds of calls a second whole milliseconds would eat much of them. */
  next_at: number;
}
