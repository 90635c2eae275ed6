import type { RequestHandler } from "express";
import type { Receipts } from "../../receipts/receipts.js";

/** Seconds for which a copy may be used: so long a key that was revoked may still be believed. */
const MAX_AGE_S = 300;

/** `GET /.well-known/jwks.json`: the public keys of receipts, for everybody. */
export function publishedKeysRoute(receipts: Receipts): RequestHandler {
  return async (_request, response) => {
    const keys = await receipts.published();
    response.setHeader("Cache-Control", `public, max-age=${String(MAX_AGE_S)}`);
    response.type("application/jwk-set+json").send(JSON.stringify(keys));
  };
}
