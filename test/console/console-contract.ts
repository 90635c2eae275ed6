import { z } from "zod";
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
import {
  clientChoiceSchema,
  foundSchema,
  revealedSchema,
  toldSchema,
} from "../../src/console/contract/verifications.js";
import { testCallSchema, testPhonesSchema } from "../../src/console/contract/test-calls.js";
import {
  checkedFileSchema,
  enrollmentImportSchema,
  enrollmentPageSchema,
  madeEnrollmentSchema,
} from "../../src/console/contract/client-enrollments.js";
import {
  clientDetailSchema,
  clientListSchema,
  issuedKeySchema,
  keyListSchema,
  madeClientSchema,
  redeliveredSchema,
  webhookSchema,
  webhookSecretSchema,
  webhookTestSchema,
} from "../../src/console/contract/clients.js";
import {
  promptCheckSchema,
  promptDetailSchema,
  promptListSchema,
  promptVersionSchema,
} from "../../src/console/contract/prompts.js";
import { phoneAccountSchema, phoneSchema } from "../../src/console/contract/phone.js";
import { refusalSchema } from "../../src/console/contract/refusal.js";
import { statisticsSchema } from "../../src/console/contract/statistics.js";
import { usageSchema } from "../../src/console/contract/usage.js";

/** What each request is answered with when it is not refused; null: nothing; a text: content of this type. */
export const ANSWERS: Readonly<Record<string, z.ZodType | string | null>> = {
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
  "GET verifications/clients": clientChoiceSchema,
  "POST verifications/search": foundSchema,
  "POST verifications/export": z.string().startsWith("\uFEFF"),
  "GET verifications/:client/:id": toldSchema,
  "GET verifications/:client/:id/receipt": "application/jwt",
  "POST verifications/:client/:id/cancel": null,
  "POST verifications/:client/:id/number": revealedSchema,
  "POST verifications/:client/:id/events/:event/redeliver": null,
  "GET test-calls": testPhonesSchema,
  "POST test-calls": testCallSchema,
  "GET clients": clientListSchema,
  "POST clients": madeClientSchema,
  "GET clients/:id": clientDetailSchema,
  "PATCH clients/:id/settings": clientDetailSchema,
  "GET clients/:id/keys": keyListSchema,
  "POST clients/:id/keys": issuedKeySchema,
  "PATCH clients/:id/keys/:key": null,
  "DELETE clients/:id/keys/:key": null,
  "GET clients/:id/webhook": webhookSchema,
  "PUT clients/:id/webhook": webhookSecretSchema,
  "POST clients/:id/webhook/rotate": webhookSecretSchema,
  "POST clients/:id/webhook/disable": null,
  "POST clients/:id/webhook/test": webhookTestSchema,
  "POST clients/:id/webhook/redeliver": redeliveredSchema,
  "POST clients/:id/enrollments/search": enrollmentPageSchema,
  "POST clients/:id/enrollments": madeEnrollmentSchema,
  "DELETE clients/:id/enrollments/:enrollment": null,
  "POST clients/:id/enrollment-files": checkedFileSchema,
  "POST clients/:id/keys/:key/replace": issuedKeySchema,
  "GET clients/:id/enrollment-files/:file/check": checkedFileSchema,
  "GET clients/:id/enrollment-files/:file": enrollmentImportSchema,
  "POST clients/:id/enrollment-files/:file/start": enrollmentImportSchema,
  "GET prompts": promptListSchema,
  "POST prompts/check": promptCheckSchema,
  "GET prompt-sequence": "audio/wav",
  "GET prompts/:locale/:id": promptDetailSchema,
  "GET prompts/:locale/:id/sound": "audio/wav",
  "POST prompts/:locale/:id/recording": promptVersionSchema,
  "POST prompts/:locale/:id/recording/try": "audio/wav",
  "POST prompts/:locale/:id/speech": promptVersionSchema,
  "POST prompts/:locale/:id/speech/try": "audio/wav",
  "PUT prompts/:locale/:id/text": null,
  "DELETE prompts/:locale/:id/text": null,
  "POST prompts/:locale/:id/rollback": promptVersionSchema,
  "GET statistics": statisticsSchema,
  "GET usage": usageSchema,
  "GET phone": phoneSchema,
  "GET phone/accounts/:name": phoneAccountSchema,
};

/** Files to be kept, in place of JSON. */
const FILES = /^GET usage\.csv$/;

/** What browsers rely on: the pages are typed by these schemas. @returns how an answer breaks them; null: it does not. */
export function consoleBreach(answer: {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly text: string;
  readonly type: string;
}): string | null {
  const { method, path, status, text, type } = answer;
  const asked = /^\/api\/([^?]*)/.exec(path)?.[1];
  if (asked === undefined) return null;
  if (status >= 400) return breach(refusalSchema, answer);
  if (FILES.test(`${method} ${asked}`)) return null;
  const route = Object.keys(ANSWERS).find((known) => fits(known, `${method} ${asked}`));
  if (route === undefined) return `${method} ${asked} is not in the contract of the tests`;
  const schema = ANSWERS[route] ?? null;
  if (schema === null)
    return status === 204 && text === "" ? null : `${route} was answered: ${String(status)} ${text}`;
  if (typeof schema === "string") {
    return type.startsWith(schema) ? null : `${route} was answered with ${type}, not ${schema}`;
  }
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
  const answer: unknown = schema instanceof z.ZodString ? text : JSON.parse(text);
  const { success, error } = schema.safeParse(answer);
  return success ? null : `${method} ${path} broke its contract: ${error.message}`;
}
