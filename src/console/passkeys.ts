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
import type { Store } from "../store/store.js";
import { claimAnswer } from "../acts/claim-answer.js";
import { Refusal } from "./refusal.js";

/** How long a browser may take over a challenge: people look for their key. */
const CHALLENGE_MS = 5 * 60_000;
type Purpose = "log in" | "register";

/** What an answer is to. */
interface Asked {
  readonly challenge: string;
  /** Epoch milliseconds. */
  readonly until: number;
}

/** What a browser is given: the options, and a ticket that brings the challenge back. */
export interface Challenge {
  readonly ticket: string;
  readonly options: object;
}

/**
 * WebAuthn, with the person verified by the authenticator (PIN, finger, face): a passkey is a password and a second
 * factor in one. Challenges travel with the browser, sealed, so that nothing is kept for those who never come back, and
 * whichever node is asked can open them. Each is good for one right answer, over all nodes: a wrong one is nobody's, and
 * stores nothing.
 */
export class Passkeys {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #origin: () => URL;

  constructor(store: Store, clock: Clock, origin: () => URL) {
    this.#store = store;
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
    const asked = this.#open("register", ticket, userId);
    const { registrationInfo } = await refused(async () =>
      verifyRegistrationResponse({
        response: response as RegistrationResponseJSON,
        expectedChallenge: asked.challenge,
        expectedOrigin: this.#origin().origin,
        expectedRPID: this.#origin().hostname,
        requireUserVerification: true,
      }),
    );
    if (registrationInfo === undefined) throw notAccepted();
    await this.#claim(asked);
    const { id, publicKey, counter, transports = [] } = registrationInfo.credential;
    return { id, public_key: Buffer.from(publicKey), counter, transports: JSON.stringify(transports) };
  }

  /** @returns the new counter. @throws {Refusal} `passkey_refused`. */
  async logIn(ticket: string, passkey: AdminPasskeyRow, response: unknown): Promise<number> {
    const asked = this.#open("log in", ticket, "");
    const { verified, authenticationInfo } = await refused(async () =>
      verifyAuthenticationResponse({
        response: response as AuthenticationResponseJSON,
        expectedChallenge: asked.challenge,
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
    await this.#claim(asked);
    return authenticationInfo.newCounter;
  }

  #needAvailable(): void {
    if (!this.available) throw new Refusal("passkey_refused", "passkeys need a host name, not an address");
  }

  #ticket(purpose: Purpose, challenge: string, userId: string): string {
    const until = this.#clock() + CHALLENGE_MS;
    return this.#store.vault
      .seal(Buffer.from(JSON.stringify([challenge, until])), context(purpose, userId))
      .toString("base64url");
  }

  /** @throws {Refusal} `passkey_refused` where the ticket is not ours, or is over. */
  #open(purpose: Purpose, ticket: string, userId: string): Asked {
    try {
      const sealed = Buffer.from(ticket, "base64url");
      const plain = this.#store.vault.unseal(sealed, context(purpose, userId)).toString();
      const [challenge, until] = JSON.parse(plain) as [string, number];
      if (until > this.#clock()) return { challenge, until };
    } catch {
      // Nobody but an attacker learns from the difference.
    }
    throw notAccepted();
  }

  /** @throws {Refusal} `passkey_refused` where it was answered before. */
  async #claim({ challenge, until }: Asked): Promise<void> {
    if (!(await claimAnswer(this.#store, "passkey", challenge, until))) throw notAccepted();
  }
}

function context(purpose: Purpose, userId: string): string {
  return `passkey challenge ${purpose} ${userId}`;
}

/** Whatever the library does not like: nobody but an attacker learns from the difference. */
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
