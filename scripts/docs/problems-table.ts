import { PROBLEMS } from "../../src/http/problem-codes.js";
import type { Say } from "./languages.js";
import { code, marked, table } from "./table.js";

/** Every refusal of the API, by status. */
export function problemsTable(say: Say): string {
  const problems = Object.entries(PROBLEMS).sort(([, [one]], [, [other]]) => one - other);
  return table(
    [say("status"), code("code"), say("when it comes, and what helps")],
    problems.map(([name, [status, , when]]) => [String(status), code(name), marked(say(when))]),
  );
}
