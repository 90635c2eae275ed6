/** What a visitor sent, looked through. Anything that does not fit is an {@link InputError} that names the field. */
export class InputError extends Error {
  readonly field: string;

  constructor(field: string) {
    super(`${field} is not as it should be`);
    this.name = "InputError";
    this.field = field;
  }
}

export type Input = Readonly<Record<string, unknown>>;

const FLOWS = ["reset", "reset-inbound", "login", "transfer"] as const;
export type FlowKind = (typeof FLOWS)[number];

const MOST_YEN = 1_000_000;

export function flowOf(input: Input): FlowKind {
  const kind = FLOWS.find((flow) => flow === input["flow"]);
  if (kind === undefined) throw new InputError("flow");
  return kind;
}

export function languageOf(input: Input): "ja" | "en" {
  return input["language"] === "en" ? "en" : "ja";
}

export function userOf(input: Input): string {
  const user = textOf(input, "user", 64).toLowerCase();
  if (!/^[a-z0-9._-]{1,32}$/.test(user)) throw new InputError("user");
  return user;
}

/** Full-width digits, hyphens, blanks and +81 are all fine. */
export function numberOf(input: Input): string {
  const digits = textOf(input, "number", 40)
    .replaceAll(/[\s().\-‐-―−ーｰ]/gu, "")
    .replace(/^\+81/, "0");
  if (!/^0\d{9,10}$/.test(digits)) throw new InputError("number");
  return digits;
}

export interface Transfer {
  readonly payee: string;
  readonly amount: number;
}

export function transferOf(input: Input): Transfer {
  const payee = textOf(input, "payee", 40);
  if (payee === "" || /\p{C}/u.test(payee)) throw new InputError("payee");
  const digits = textOf(input, "amount", 12).replaceAll(",", "");
  const amount = /^\d{1,7}$/.test(digits) ? Number(digits) : 0;
  if (amount < 1 || amount > MOST_YEN) throw new InputError("amount");
  return { payee, amount };
}

function textOf(input: Input, field: string, most: number): string {
  const value = input[field];
  if (typeof value !== "string" || value.length > most) throw new InputError(field);
  return value.normalize("NFKC").trim();
}
