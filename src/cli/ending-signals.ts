/** What ends a command that runs on; SIGHUP: the terminal was closed. */
export const ENDING_SIGNALS = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** What is written to a terminal that was closed fails; what runs is to end in good order all the same. */
export function outliveTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}
