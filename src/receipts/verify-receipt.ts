import { compactVerify, decodeProtectedHeader, errors, type JWK } from "jose";
import { z } from "zod";
import { RECEIPT_TYPE, type ReceiptClaims, receiptClaimsSchema } from "../representation/receipt.js";

/** What is wrong with what was given for a receipt. */
export type ReceiptFault =
  | "not_a_receipt"
  | "wrong_algorithm"
  | "critical_extension"
  | "unknown_key"
  | "changed"
  | "wrong_issuer"
  | "wrong_audience";

export type Judgement =
  | { readonly valid: true; readonly kid: string; readonly claims: ReceiptClaims }
  | { readonly valid: false; readonly fault: ReceiptFault; readonly kid: string | null };

/** What is expected of it; undefined: whatever it says. */
export interface Expected {
  readonly issuer?: string | undefined;
  readonly audience?: string | undefined;
}

/** A set of keys (RFC 7517) as far as receipts need it; others in it are passed over. */
export const keySetSchema = z.looseObject({
  keys: z
    .array(
      z.looseObject({
        kty: z.string(),
        crv: z.string().optional(),
        x: z.string().optional(),
        kid: z.string().optional(),
      }),
    )
    .max(1000),
});
export type KeySet = z.output<typeof keySetSchema>;

const headerSchema = z.looseObject({ alg: z.string(), typ: z.string(), kid: z.string() });

/**
 * Judges a receipt without the network. One algorithm, one kind of key, one type: nothing in the header chooses how it
 * is verified.
 */
export async function verifyReceipt(
  receipt: string,
  { keys }: KeySet,
  { issuer, audience }: Expected = {},
): Promise<Judgement> {
  const header = headerOf(receipt);
  if (header === null) return { valid: false, fault: "not_a_receipt", kid: null };
  const no = (fault: ReceiptFault): Judgement => ({ valid: false, fault, kid: header.kid });
  if (header.alg !== "EdDSA") return no("wrong_algorithm");
  if (header["crit"] !== undefined) return no("critical_extension");
  if (header.typ !== RECEIPT_TYPE) return no("not_a_receipt");
  const key = keys.find(({ kid, kty, crv }) => kid === header.kid && kty === "OKP" && crv === "Ed25519");
  if (key?.x === undefined) return no("unknown_key");
  const payload = await signedBy({ kty: "OKP", crv: "Ed25519", x: key.x }, receipt);
  if (payload === null) return no("changed");
  const claims = receiptClaimsSchema.safeParse(payload);
  if (!claims.success) return no("not_a_receipt");
  if (issuer !== undefined && claims.data.iss !== issuer) return no("wrong_issuer");
  if (audience !== undefined && claims.data.aud !== audience) return no("wrong_audience");
  return { valid: true, kid: header.kid, claims: claims.data };
}

function headerOf(receipt: string): z.output<typeof headerSchema> | null {
  const parts = receipt.split(".");
  if (parts.length !== 3 || parts.some((part) => !/^[\w-]+$/.test(part))) return null;
  try {
    return headerSchema.safeParse(decodeProtectedHeader(receipt)).data ?? null;
  } catch (error) {
    // jose's own word for what cannot be read.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

/** @returns what was signed; null: not this, or not by this key. */
async function signedBy(key: JWK, receipt: string): Promise<unknown> {
  const signature = receipt.slice(receipt.lastIndexOf(".") + 1);
  // The last digit of 64 bytes has four bits that decoders pass over: a change there is a change all the same.
  if (Buffer.from(signature, "base64url").toString("base64url") !== signature) return null;
  try {
    const { payload } = await compactVerify(receipt, key, { algorithms: ["EdDSA"] });
    return JSON.parse(Buffer.from(payload).toString("utf8")) as unknown;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return null;
    // A key that is none (WebCrypto's DataError).
    if (error instanceof DOMException) return null;
    throw error;
  }
}
