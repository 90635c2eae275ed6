/** A message on its way to one telephone. */
export interface ShortMessage {
  /** The attempt's id: a gateway that takes a reference of the sender is given this one. */
  readonly id: string;
  /** E.164, with its plus sign. */
  readonly to: string;
  readonly text: string;
  /** When it is of no more use, as epoch milliseconds: gateways that take a validity period are told. */
  readonly expiresAt: number;
}

/** What came of handing a message to the gateways. */
export type SendOutcome =
  /** A gateway answers for it from here on; its reports name it by `reference`. */
  | { readonly kind: "accepted"; readonly gateway: string; readonly reference: string | null }
  /** Certainly not sent by any gateway. `gateway` is the last that refused; `code` its word, or ours. */
  | { readonly kind: "refused"; readonly gateway: string; readonly code: string }
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
  /** Names of the gateways that can take a message now, in their order; [] when none is configured. */
  readonly ready: readonly string[];
  /**
   * Hands the message to the first gateway that takes it. Another is tried only where the one before has certainly not
   * sent it. Never rejects.
   */
  send(message: ShortMessage): Promise<SendOutcome>;
  close(): Promise<void>;
}
