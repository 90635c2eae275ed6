/** What telephones in browsers need beside the rest of the console. */
export interface PhoneParts {
  readonly accounts: readonly { readonly name: string; readonly password: string }[];
  /** The numbers that ring them, as people write them, and their extensions. */
  readonly numbers: readonly { readonly number: string; readonly extension: string }[];
  /** As the settings spell them. */
  readonly dids: readonly string[];
  /** Where Asterisk listens for softphone programs. */
  readonly sip: { readonly host: string; readonly port: number };
  /** Asterisk's WebSocket, and the address from which it may be called. */
  readonly socket: { readonly url: string; readonly localAddress: string };
  /** Extensions that browsers have registered; kept here, heeded where calls are placed. */
  readonly inBrowser: Set<string>;
  /** Whether whoever sits at this machine may use them: the demonstration is on, and the console listens on loopback. */
  readonly openHere: boolean;
}
