/** What a controller is started with, as one argument in JSON. */
export interface ControllerSetting {
  readonly ariUrl: string;
  readonly username: string;
  readonly password: string;
  /** Absolute, without ending. */
  readonly promptsBefore: readonly string[];
  readonly promptsAfter: readonly string[];
  readonly keys: string;
}

export function readSetting(): ControllerSetting {
  return JSON.parse(process.argv[2] ?? "") as ControllerSetting;
}

/** Numbers to call come on standard input, one a line. */
export function onNumber(call: (number: string) => void): void {
  let rest = "";
  process.stdin.setEncoding("utf8");
  process.stdin.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) call(line);
  });
}

/** Told on standard output when it takes calls. */
export function ready(): void {
  process.stdout.write("ready\n");
}
