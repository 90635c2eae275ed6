import {
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { ApiError, ask } from "./api.js";

interface Challenge<Options> {
  readonly ticket: string;
  readonly options: Options;
}

/** Has the browser make a passkey. @param challenge the path that gives what to ask it. */
export async function makePasskey(
  challenge: string,
  body: object,
): Promise<{ readonly ticket: string; readonly credential: object }> {
  const { ticket, options } = await ask<Challenge<PublicKeyCredentialCreationOptionsJSON>>(
    "POST",
    challenge,
    body,
  );
  const credential = await byBrowser(() => startRegistration({ optionsJSON: options }));
  return { ticket, credential };
}

/** Has the browser use one, and logs in by it. */
export async function logInByPasskey(): Promise<void> {
  const { ticket, options } = await ask<Challenge<PublicKeyCredentialRequestOptionsJSON>>(
    "POST",
    "log-in/passkey/challenge",
    {},
  );
  const credential = await byBrowser(() => startAuthentication({ optionsJSON: options }));
  await ask("POST", "log-in/passkey", { ticket, credential });
}

/** A browser's own refusals say too little, and in too many ways: the person has broken it off, or it cannot. */
async function byBrowser<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch {
    throw new ApiError("passkey_refused", "the browser gave no passkey");
  }
}
