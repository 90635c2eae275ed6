import type { Request } from "express";
import type { Idempotency } from "../store/idempotency-keys.js";
import type { Store } from "../store/store.js";
import { canonicalJson } from "./canonical-json.js";
import { Problem, wrongField } from "./problem.js";

/** draft-ietf-httpapi-idempotency-key-header: a structured-field string; bare tokens are common and taken too. */
const KEY = /^"?([A-Za-z0-9._~:/+=-]{1,255})"?$/;

/**
 * @param body as it was understood: the same fields in another order, or as a form, are the same request.
 * @throws {Problem} `invalid_request` when the header is not a key.
 */
export function idempotencyOf(request: Request, store: Store, body: unknown): Idempotency | null {
  const header = request.get("idempotency-key");
  if (header === undefined) return null;
  const key = KEY.exec(header)?.[1];
  if (key === undefined) {
    throw wrongField("Idempotency-Key", "1 to 255 letters, digits or . _ ~ : / + = -");
  }
  return { key, requestHash: store.vault.hashRequest(`${request.path}\0${canonicalJson(body)}`) };
}

/** Requests under way by their key: a second one of the same key is told to wait. */
export class Running {
  readonly #keys = new Set<string>();

  /** @throws {Problem} `request_in_progress`. */
  async once<T>(key: string, guarded: boolean, run: () => Promise<T>): Promise<T> {
    if (!guarded) return run();
    if (this.#keys.has(key)) {
      throw new Problem("request_in_progress", "a request with this Idempotency-Key is being answered");
    }
    this.#keys.add(key);
    try {
      return await run();
    } finally {
      this.#keys.delete(key);
    }
  }
}
