/** Whether this is a system error of that code (`ENOENT`, …). */
export function hasErrorCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
