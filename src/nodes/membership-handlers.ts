/** What hangs on whether this node is there. None may reject. */
export interface MembershipHandlers {
  /** It was given up: whatever it has in hand is to be let go. It joins again when that is done. */
  readonly onFenced: () => Promise<void>;
  /** Whether it may take calls has changed. */
  readonly onOpen: (isOpen: boolean) => void;
  /** Whether another node takes calls has changed. */
  readonly onOthers: (areThere: boolean) => void;
  /** Whether it is the one that does what only one may do has changed; resolves when it has begun, or ended. */
  readonly onDuty: (isMine: boolean) => Promise<void>;
  /** Some of what is open may be nobody's. */
  readonly onOrphans: () => Promise<void>;
}
