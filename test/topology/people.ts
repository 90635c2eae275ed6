/** What whoever is called does, by the fourth digit of his number: the carrier needs no table then. */
export const PEOPLE = {
  /** 486 at once. */
  busy: "1",
  /** 480 at once. */
  unreachable: "2",
  /** Rings for a moment, and refuses the call. */
  declines: "3",
  /** Answers and keys the code. */
  keys: "4",
  /** Answers, keys a wrong code, and hangs up. */
  errs: "5",
  /** Answers and hangs up. */
  leaves: "6",
  /** Rings until it is canceled. */
  absent: "7",
  /** Answers, lets some seconds go by, and keys the code. */
  hesitates: "8",
  /** Answers, and keys when the test says so. */
  waits: "9",
} as const;

export type Person = keyof typeof PEOPLE;

const BY_DIGIT: ReadonlyMap<string, Person> = new Map(
  Object.entries(PEOPLE).map(([person, digit]) => [digit, person as Person]),
);

/** @param serial up to 9,999,999: of nobody else. */
export function numberOf(person: Person, serial: number): string {
  return `090${PEOPLE[person]}${String(serial).padStart(7, "0")}`;
}

/** @param number as it is dialled: 09012345678. */
export function personAt(number: string): Person | undefined {
  return BY_DIGIT.get(number[3] ?? "");
}

/** The code that is asked of whoever has the number. */
export function codeOf(number: string): string {
  return number.slice(-6);
}
