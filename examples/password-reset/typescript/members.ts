import { randomBytes, randomInt, scryptSync } from "node:crypto";

/** A member as the company has them on record. */
export interface Member {
  readonly user: string;
  readonly name: string;
  /** As it is dialled in Japan. */
  readonly number: string;
}

/** No letter that is taken for another. */
const LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
const LENGTH = 12;

/** The company's own user table. FOR DEMONSTRATION: made up, in memory, and gone when the program ends. */
export class Members {
  readonly #members: readonly Member[];
  /** User → salt and hash: a password itself is kept nowhere. */
  readonly #passwords = new Map<string, { readonly salt: Buffer; readonly hash: Buffer }>();

  constructor(members: readonly Member[]) {
    this.#members = members;
  }

  find(user: string): Member | null {
    return this.#members.find((member) => member.user === user) ?? null;
  }

  /** @returns a temporary password, to be shown once. A real site has it changed at the next log-in. */
  issuePassword(user: string): string {
    const password = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join("");
    const salt = randomBytes(16);
    this.#passwords.set(user, { salt, hash: scryptSync(password, salt, 32) });
    return password;
  }
}
