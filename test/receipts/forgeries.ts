import { createHmac, generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";

/** A receipt that somebody made, and what it is. */
export interface Forgery {
  readonly what: string;
  readonly receipt: string;
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Receipts that nobody may believe, made of a genuine one and of the public key. */
export async function forgeries(
  genuine: string,
  { x }: { readonly x?: string | undefined },
): Promise<Forgery[]> {
  const [head = "", body = "", signature = ""] = genuine.split(".");
  const header = JSON.parse(Buffer.from(head, "base64url").toString()) as Record<string, unknown>;
  const claims = JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, unknown>;
  const hs256 = encode({ ...header, alg: "HS256" });
  const mac = (secret: Buffer): string =>
    createHmac("sha256", secret).update(`${hs256}.${body}`).digest("base64url");
  const other = generateKeyPairSync("ed25519").privateKey;
  const byAnother = (kid: unknown): Promise<string> =>
    new SignJWT(claims).setProtectedHeader({ ...header, alg: "EdDSA", kid: String(kid) }).sign(other);
  return [
    { what: "alg none, no signature", receipt: `${encode({ ...header, alg: "none" })}.${body}.` },
    {
      what: "alg none, the signature left",
      receipt: `${encode({ ...header, alg: "none" })}.${body}.${signature}`,
    },
    {
      what: "HS256 with the public key as the secret",
      receipt: `${hs256}.${body}.${mac(Buffer.from(x ?? "", "base64url"))}`,
    },
    {
      what: "HS256 with its text as the secret",
      receipt: `${hs256}.${body}.${mac(Buffer.from(x ?? ""))}`,
    },
    { what: "crit", receipt: `${encode({ ...header, crit: ["exp"], exp: 1 })}.${body}.${signature}` },
    { what: "another's key under its own name", receipt: await byAnother("unknown") },
    { what: "another's key under ours", receipt: await byAnother(header["kid"]) },
    {
      what: "another payload",
      receipt: `${head}.${encode({ ...claims, status: "verified", sub: "x" })}.${signature}`,
    },
    { what: "a fourth part", receipt: `${genuine}.${signature}` },
    { what: "no signature", receipt: `${head}.${body}.` },
    { what: "two parts", receipt: `${head}.${body}` },
    { what: "nothing", receipt: "" },
    { what: "another spelling of the signature", receipt: respelled(genuine) },
  ];
}

/** Each bit of the text once, or each of a sample: every so manyth. */
export function flips(genuine: string, every = 1): Forgery[] {
  const bytes = Buffer.from(genuine, "latin1");
  const all: Forgery[] = [];
  for (let bit = 0; bit < bytes.length * 8; bit += every) {
    const flipped = Buffer.from(bytes);
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    all.push({ what: `bit ${String(bit)}`, receipt: flipped.toString("latin1") });
  }
  return all;
}

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** The last digit's four unused bits: decoders pass over them, and the bytes are the same. */
function respelled(genuine: string): string {
  const last = DIGITS.indexOf(genuine.slice(-1));
  return genuine.slice(0, -1) + (DIGITS[last ^ 1] ?? "");
}
