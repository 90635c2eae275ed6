/** A message on its way to one telephone. */
export interface ShortMessage {
  /** The attempt's id: a gateway that takes a reference of the sender is given this one. */
  readonly id: string;
  /** E.164, with its plus sign. */
  readonly to: string;
  readonly text: string;
  /** When it is of no more use, as epoch milliseconds: gateways that take a validity period are told. */
  readonly expiresAt: number;
  /** Until when it may be handed over first, epoch milliseconds: after that another way is taken. */
  readonly giveUpAt: number;
  /** Asked after each pause: somebody may have withdrawn it meanwhile. Never rejects. */
  readonly isWanted: () => Promise<boolean>;
  /**
   * Told when it has its turn at a gateway, in a moment: the gateway is given it once this has resolved with true. False:
   * nobody wants it any more. Rejects where that could not be noted; then no gateway is given it.
   */
  readonly onTurn: () => Promise<boolean>;
}

/** What came of handing a message to the gateways. */
export type SendOutcome =
  /** A gateway answers for it from here on; its reports name it by `reference`. */
  | { readonly kind: "accepted"; readonly gateway: string; readonly reference: string | null }
  /** Certainly not sent by any gateway. `gateway` is the last that refused; `code` its word, or ours. */
  | { readonly kind: "refused"; readonly gateway: string; readonly code: string }
  /** Certainly not sent: nobody wants it any more, or the sender was halted. */
  | { readonly kind: "withdrawn"; readonly why: "unwanted" | "halted" }
  /** It may have gone: it is never handed over again for the same attempt. */
  | { readonly kind: "unknown"; readonly gateway: string; readonly code: string };

/** What a gateway tells later of a message it had accepted. */
export interface DeliveryReport {
  readonly gateway: string;
  readonly reference: string;
  readonly state: "delivered" | "undelivered";
  /** The gateway's own word for what went wrong. */
  readonly code: string | null;
}

/** Resolves when the report is committed: true when it was of a message of ours. Only then is the gateway thanked. */
export type OnReport = (report: DeliveryReport) => Promise<boolean>;

/** The ways out for messages, in their order, each with its limits. */
export interface SmsSender {
  /**
   * Hands the message to the first gateway that takes it. Another is tried only where the one before has certainly not
   * sent it. Never rejects.
   */
  send(message: ShortMessage): Promise<SendOutcome>;
  /** Nothing is handed over from now on; what waits comes back as withdrawn. */
  halt(): void;
  close(): Promise<void>;
}
