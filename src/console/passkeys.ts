import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
  type AuthenticationResponseJSON,
  type RegistrationResponseJSON,
} from "@simplewebauthn/server";
import { isIP } from "node:net";
import type { Clock } from "../clock.js";
import type { AdminPasskeyRow } from "../store/admin-passkeys.js";
import type { Vault } from "../vault/vault.js";
import { Refusal } from "./refusal.js";

/** How long a browser may take over a challenge: people look for their key. */
const CHALLENGE_MS = 5 * 60_000;
/** Answered challenges are remembered until they would have run out; one every 60 ms for five minutes is no person. */
const MOST_ANSWERED = 5_000;

type Purpose = "log in" | "register";

/** What a browser is given: the options, and a ticket that brings the challenge back. */
export interface Challenge {
  readonly ticket: string;
  readonly options: object;
}

/**
 * WebAuthn, with the person verified by the authenticator (PIN, finger, face): a passkey is a password and a second
 * factor in one. Challenges travel with the browser, sealed, so that nothing is kept for those who never come back;
 * each is good for one answer.
 */
export class Passkeys {
  readonly #vault: Vault;
  readonly #clock: Clock;
  readonly #origin: () => URL;
  readonly #answered = new Map<string, number>();

  constructor(vault: Vault, clock: Clock, origin: () => URL) {
    this.#vault = vault;
    this.#clock = clock;
    this.#origin = origin;
  }

  /** WebAuthn section 5.1.2: a relying party is a domain; an address is none. */
  get available(): boolean {
    return isIP(this.#origin().hostname.replaceAll(/[[\]]/g, "")) === 0;
  }

  async logInChallenge(): Promise<Challenge> {
    this.#needAvailable();
    const options = await generateAuthenticationOptions({
      rpID: this.#origin().hostname,
      userVerification: "required",
      timeout: CHALLENGE_MS,
    });
    return { ticket: this.#ticket("log in", options.challenge, ""), options };
  }

  /** @param userId of whom it will be; @param known ids of the passkeys they have already. */
  async registerChallenge(userId: string, name: string, known: readonly string[]): Promise<Challenge> {
    this.#needAvailable();
    const options = await generateRegistrationOptions({
      rpName: "Honnin",
      rpID: this.#origin().hostname,
      userName: name,
      userID: Uint8Array.from(Buffer.from(userId)),
      attestationType: "none",
      timeout: CHALLENGE_MS,
      excludeCredentials: known.map((id) => ({ id })),
      authenticatorSelection: { residentKey: "required", userVerification: "required" },
    });
    return { ticket: this.#ticket("register", options.challenge, userId), options };
  }

  /** @throws {Refusal} `passkey_refused`. */
  async register(
    ticket: string,
    userId: string,
    response: unknown,
  ): Promise<Pick<AdminPasskeyRow, "id" | "public_key" | "counter" | "transports">> {
    const { registrationInfo } = await refused(async () =>
      verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge: this.#challengeOf("register", ticket, userId),
        expectedOrigin: this.#origin().origin,
        expectedRPID: this.#origin().hostname,
        requireUserVerification: true,
      }),
    );
    if (registrationInfo === undefined) throw notAccepted();
    const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
    return { id, public_key: Buffer.from(publicKey), counter, transports: JSON.stringify(transports) };
  }

  /** @returns the new counter. @throws {Refusal} `passkey_refused`. */
  async logIn(ticket: string, passkey: AdminPasskeyRow, response: unknown): Promise<number> {
    const { verified, authenticationInfo } = await refused(async () =>
      verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge: this.#challengeOf("log in", ticket, ""),
        expectedOrigin: this.#origin().origin,
        expectedRPID: this.#origin().hostname,
        requireUserVerification: true,
        credential: {
          id: passkey.id,
          publicKey: Uint8Array.from(passkey.public_key),
          counter: passkey.counter,
        },
      }),
    );
    if (!verified) throw notAccepted();
    return authenticationInfo.newCounter;
  }

  #needAvailable(): void {
    if (!this.available) throw new Refusal("passkey_refused", "passkeys need a host name, not an address");
  }

  #ticket(purpose: Purpose, challenge: string, userId: string): string {
    const until = this.#clock() + CHALLENGE_MS;
    return this.#vault
      .seal(Buffer.from(JSON.stringify([challenge, until])), context(purpose, userId))
      .toString("base64url");
  }

  /** @throws where the ticket is not ours, is over, or was answered before. */
  #challengeOf(purpose: Purpose, ticket: string, userId: string): string {
    const plain = this.#vault.unseal(Buffer.from(ticket, "base64url"), context(purpose, userId)).toString();
    const [challenge, until] = JSON.parse(plain) as [string, number];
    const now = this.#clock();
    for (const [answered, over] of this.#answered) {
      if (over > now && this.#answered.size < MOST_ANSWERED) break;
      this.#answered.delete(answered);
    }
    if (until <= now || this.#answered.has(challenge)) throw notAccepted();
    this.#answered.set(challenge, until);
    return challenge;
  }
}

function context(purpose: Purpose, userId: string): string {
  return `passkey challenge ${purpose} ${userId}`;
}

/** Whatever the library, or the vault, does not like: nobody but an attacker learns from the difference. */
async function refused<T>(judge: () => Promise<T>): Promise<T> {
  try {
    return await judge();
  } catch {
    throw notAccepted();
  }
}

function notAccepted(): Refusal {
  return new Refusal("passkey_refused", "the passkey was not accepted");
}
