/** A pair of Ed25519 by which receipts are signed. Times are epoch milliseconds. */
export interface ReceiptKeyTable {
  /** RFC 7638 thumbprint of the public part. */
  kid: string;
  /** `x` of its JWK (RFC 8037): the public part, base64url. */
  public_x: string;
  /** The 32 bytes of the private part, sealed; null once it signs no more. */
  private_cipher: Buffer | null;
  created_at: number;
  /** From then on; until then it is only published. */
  signs_from: number;
  /** When another took its place. */
  retired_at: number | null;
  /** Published no more since then. */
  revoked_at: number | null;
}
