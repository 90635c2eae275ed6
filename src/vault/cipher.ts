import { createCipheriv, createDecipheriv, randomFillSync } from "node:crypto";

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM: nonce, tag, text. The nonce is random; 2³² texts a key are far from what it stands. */
export function encipher(key: Buffer, plain: Buffer, context = ""): Buffer {
  const iv = nextIv();
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  cipher.setAAD(Buffer.from(context, "utf8"));
  const text = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

/** Asking the system for 12 bytes costs as much as asking for 4 KiB, and a call needs a dozen nonces. */
const ivs = Buffer.alloc(IV_BYTES * 341);
let ivsUsed = ivs.length;

function nextIv(): Buffer {
  if (ivsUsed === ivs.length) {
    randomFillSync(ivs);
    ivsUsed = 0;
  }
  ivsUsed += IV_BYTES;
  return ivs.subarray(ivsUsed - IV_BYTES, ivsUsed);
}

/** @returns null when it was altered, moved, or enciphered with another key. */
export function decipher(key: Buffer, sealed: Buffer, context = ""): Buffer | null {
  try {
    const cipher = createDecipheriv("aes-256-gcm", key, sealed.subarray(0, IV_BYTES));
    cipher.setAAD(Buffer.from(context, "utf8"));
    cipher.setAuthTag(sealed.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return Buffer.concat([cipher.update(sealed.subarray(IV_BYTES + TAG_BYTES)), cipher.final()]);
  } catch {
    return null;
  }
}
