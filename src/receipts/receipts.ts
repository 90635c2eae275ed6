import { type JWK, SignJWT } from "jose";
import { BY_SERVICE } from "../acts/audit-who.js";
import { isTurnDue, signingKey, turnReceiptKeys } from "../acts/receipt-keys.js";
import type { Clock } from "../clock.js";
import { RECEIPT_TYPE, type ReceiptClaims, type ReceiptNumber } from "../representation/receipt.js";
import {
  findReceiptIssuer,
  listReceiptKeys,
  receiptKeyContext,
  type ReceiptKeyRow,
} from "../store/receipt-keys.js";
import type { Store } from "../store/store.js";
import { StoreUnavailableError } from "../store/store-unavailable.js";
import type { StoredVerification } from "../store/verifications.js";
import { DAY_MS } from "../verification/durations.js";
import { receiptClaims } from "./receipt-claims.js";

/** How receipts are made; times in milliseconds. */
export interface ReceiptSettings {
  /** Undefined: the name that this installation has given itself. */
  readonly issuer: string | undefined;
  /** What of the number where nobody asks for more. */
  readonly number: ReceiptNumber;
  /** After how long another key signs. */
  readonly rotateMs: number;
  /** For how long a key is published after its last signature. */
  readonly keptMs: number;
}

/** As the settings have them where nothing is set. */
export const RECEIPT_DEFAULTS: ReceiptSettings = {
  issuer: undefined,
  number: "hash",
  rotateMs: 90 * DAY_MS,
  keptMs: 400 * DAY_MS,
};

/** A receipt and what it says. */
export interface Receipt {
  /** JWS, compact. */
  readonly receipt: string;
  readonly claims: ReceiptClaims;
}

/** Signs receipts when they are asked for, and knows the keys by which they are verified. */
export class Receipts {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #settings: ReceiptSettings;

  constructor(store: Store, clock: Clock, settings: ReceiptSettings = RECEIPT_DEFAULTS) {
    this.#store = store;
    this.#clock = clock;
    this.#settings = settings;
  }

  /**
   * @returns null while the verification has not ended.
   * @throws {VaultError} when the key cannot be opened.
   */
  async of(stored: StoredVerification, number?: ReceiptNumber): Promise<Receipt | null> {
    const { vault } = this.#store;
    // Before any key: what has not ended makes none.
    if (stored.verification.completed_at === null) return null;
    const key = signingKey(await this.#keys(), this.#clock());
    if (key === undefined || key.private_cipher === null) throw new NoSigningKeyError();
    const terms = { issuer: await this.issuer(), number: number ?? this.#settings.number };
    const claims = receiptClaims(stored, vault, terms);
    if (claims === null) return null;
    const d = vault.unseal(key.private_cipher, receiptKeyContext(key.kid)).toString("base64url");
    const receipt = await new SignJWT(claims)
      .setProtectedHeader({ alg: "EdDSA", kid: key.kid, typ: RECEIPT_TYPE })
      .sign({ kty: "OKP", crv: "Ed25519", x: key.public_x, d });
    return { receipt, claims };
  }

  /** What is published (RFC 7517): the key that signs, the next one, and former ones. */
  async published(): Promise<{ readonly keys: readonly JWK[] }> {
    return { keys: publishedKeys(await this.#keys(), this.#settings.keptMs, this.#clock()) };
  }

  /** `iss` of what is signed here. */
  async issuer(): Promise<string> {
    return this.#settings.issuer ?? (await findReceiptIssuer(this.#store.read)) ?? "";
  }

  async #keys(): Promise<readonly ReceiptKeyRow[]> {
    const { rotateMs } = this.#settings;
    const { read, vault } = this.#store;
    const now = this.#clock();
    const keys = await listReceiptKeys(read);
    if (!isTurnDue(keys, rotateMs, now)) return keys;
    try {
      return await this.#store.write((db) =>
        turnReceiptKeys(db, { vault, who: BY_SERVICE, rotateMs, now: this.#clock() }),
      );
    } catch (error) {
      // A key that should be another by now still signs, and what is published still verifies.
      if (!(error instanceof StoreUnavailableError) || signingKey(keys, now) === undefined) throw error;
      return keys;
    }
  }
}

/** The set for whoever verifies; without a private part, whatever it is made of. */
export function publishedKeys(keys: readonly ReceiptKeyRow[], keptMs: number, now: number): readonly JWK[] {
  return keys
    .filter(
      ({ revoked_at, retired_at }) =>
        revoked_at === null && (retired_at === null || retired_at + keptMs > now),
    )
    .map(({ kid, public_x: x }) => ({ kty: "OKP", crv: "Ed25519", x, kid, alg: "EdDSA", use: "sig" }));
}

/** The one that signed was revoked a moment ago. */
class NoSigningKeyError extends Error {
  readonly code = "no_signing_key";

  constructor() {
    super("no key signs receipts at this moment");
    this.name = "NoSigningKeyError";
  }
}
