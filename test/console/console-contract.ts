import type { z } from "zod";
import {
  adminListSchema,
  auditPageSchema,
  challengeSchema,
  issuedLinkSchema,
  linkLookSchema,
  linkUsedSchema,
  meSchema,
  passkeyListSchema,
  recoveryCodesSchema,
  sessionListSchema,
} from "../../src/console/contract/accounts.js";
import { phoneAccountSchema, phoneSchema } from "../../src/console/contract/phone.js";
import { refusalSchema } from "../../src/console/contract/refusal.js";

/** What each request is answered with when it is not refused; null: nothing. */
const ANSWERS: Readonly<Record<string, z.ZodType | null>> = {
  "POST log-in": null,
  "POST log-in/passkey/challenge": challengeSchema,
  "POST log-in/passkey": null,
  "POST log-out": null,
  "POST links/look": linkLookSchema,
  "POST links/password": linkUsedSchema,
  "POST links/passkey/challenge": challengeSchema,
  "POST links/passkey": linkUsedSchema,
  "GET me": meSchema,
  "POST password": null,
  "POST recovery-codes": recoveryCodesSchema,
  "GET sessions": sessionListSchema,
  "DELETE sessions/:id": null,
  "GET passkeys": passkeyListSchema,
  "POST passkeys/challenge": challengeSchema,
  "POST passkeys": null,
  "DELETE passkeys/:id": null,
  "GET admins": adminListSchema,
  "POST admins": issuedLinkSchema,
  "PATCH admins/:id": null,
  "POST admins/:id/reset": issuedLinkSchema,
  "GET audit": auditPageSchema,
  "GET phone": phoneSchema,
  "GET phone/accounts/:name": phoneAccountSchema,
};

/** What browsers rely on: the pages are typed by these schemas. @returns how an answer breaks them; null: it does not. */
export function consoleBreach(answer: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly text: string;
}): string | null {
  const { method, path, status, text } = answer;
  const asked = /^\/api\/([^?]*)/.exec(path)?.[1];
  if (asked === undefined) return null;
  if (status >= 400) return breach(refusalSchema, answer);
  const route = Object.keys(ANSWERS).find((known) => fits(known, `${method} ${asked}`));
  if (route === undefined) return `${method} ${asked} is not in the contract of the tests`;
  const schema = ANSWERS[route] ?? null;
  if (schema === null)
    return status === 204 && text === "" ? null : `${route} was answered: ${String(status)} ${text}`;
  return breach(schema, answer);
}

function fits(route: string, asked: string): boolean {
  const [parts, given] = [route.split("/"), asked.split("/")];
  return (
    parts.length === given.length && parts.every((part, nth) => part.startsWith(":") || part === given[nth])
  );
}

function breach(
  schema: z.ZodType,
  { method, path, text }: { method: string; path: string; text: string },
): string | null {
  const { success, error } = schema.safeParse(JSON.parse(text));
  return success ? null : `${method} ${path} broke its contract: ${error.message}`;
}
