import { hash, verify } from "@node-rs/argon2";

/** NIST SP 800-63B-4 asks 15 of a password that stands alone and 8 beside a second factor, which there is here. */
const PASSWORD_LENGTH = { least: 12, most: 128 } as const;

/** OWASP Password Storage Cheat Sheet, Argon2id (what the library takes by itself): 19 MiB, twice over, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;
/** Each holds 19 MiB and a thread of libuv's four, which the database's files and name look-ups need as well. */
const AT_ONCE = 2;
/** Of more the last are turned away: somebody tries passwords, and the first in the queue would wait for seconds. */
const MOST_WAITING = 20;

/** More passwords are to be looked at than there is time for. */
export class TooManyPasswordsError extends Error {
  readonly code = "too_many_passwords";

  constructor() {
    super("too many passwords are being checked");
    this.name = "TooManyPasswordsError";
  }
}

let busy = 0;
const waiting: (() => void)[] = [];

/** Why a password is not taken; null: it is. */
export function passwordFault(password: string, name: string): "too_short" | "too_long" | "too_plain" | null {
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH.least) return "too_short";
  if (length > PASSWORD_LENGTH.most) return "too_long";
  return isPlain(password, name) ? "too_plain" : null;
}

/** One that a few characters spell, that runs along the keyboard or the alphabet, or that is the name again. */
function isPlain(password: string, name: string): boolean {
  const plain = password.normalize("NFKC").toLowerCase();
  if (new Set(plain).size < 5) return true;
  const rest = plain.replaceAll(name.toLowerCase(), "").replaceAll("honnin", "").replaceAll("password", "");
  if (rest.length < PASSWORD_LENGTH.least / 2) return true;
  return inRuns(plain) > plain.length - 4;
}

const RUNS = ["abcdefghijklmnopqrstuvwxyz", "01234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"].flatMap(
  (run) => [run, Array.from(run).reverse().join("")],
);

/** How many of its characters stand in pieces, of four and more, of what lies side by side. */
function inRuns(text: string): number {
  let inside = 0;
  for (let at = 0; at < text.length;) {
    const lengths = RUNS.map((run) => {
      let length = 0;
      while (at + length < text.length && run.includes(text.slice(at, at + length + 1))) length += 1;
      return length;
    });
    const longest = Math.max(...lengths);
    if (longest >= 4) inside += longest;
    at += Math.max(1, longest);
  }
  return inside;
}

/** @returns PHC string: Argon2id with its cost and salt. */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => hash(password.normalize("NFKC"), COST));
}

/**
 * Whether it is the password. Takes as long where there is none to compare with, so that nobody learns which names
 * there are.
 */
export async function isPassword(hashed: string | null, password: string): Promise<boolean> {
  const fits = await inTurn(async () =>
    verify(hashed ?? (await (decoy ??= hash("nobody's", COST))), password.normalize("NFKC")),
  );
  return hashed !== null && fits;
}

let decoy: Promise<string> | undefined;

/** @throws {TooManyPasswordsError} */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (busy >= AT_ONCE) {
    if (waiting.length >= MOST_WAITING) throw new TooManyPasswordsError();
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else busy += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  }
}
