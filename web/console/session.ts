import { signal } from "@preact/signals";
import type { Me } from "../../src/console/contract/accounts.js";
import { ask, whenSignedOut } from "./api.js";

/** Who is logged in; null: nobody; undefined: not known yet. */
export const me = signal<Me | null | undefined>(undefined);
/** Whether somebody was logged in, and is no more without having asked for it. */
export const wasSignedOut = signal(false);

whenSignedOut(() => {
  if (me.value !== null && me.value !== undefined) wasSignedOut.value = true;
  me.value = null;
});

export async function learnWhoIsHere(): Promise<void> {
  try {
    me.value = await ask<Me>("GET", "me");
    wasSignedOut.value = false;
  } catch {
    me.value ??= null;
  }
}

export async function logOut(): Promise<void> {
  await ask("POST", "log-out", {}).catch(() => undefined);
  wasSignedOut.value = false;
  me.value = null;
}
