/** The code of a system error (`ENOENT`, `ECONNREFUSED`, …); undefined: it has none. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}

/** Whether this is a system error of that code. */
export function hasErrorCode(error: unknown, code: string): boolean {
  return errorCode(error) === code;
}
