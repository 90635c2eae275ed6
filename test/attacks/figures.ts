import { appendFileSync } from "node:fs";

/**
 * Notes what an attack has achieved, for the table of `npm run bench -- attacks`: shown in the test's output, and
 * appended as a line of JSON to the file that `HONNIN_ATTACK_FIGURES` names.
 *
 * @param what a sentence: "wrong PINs judged of 81 keyed by forged callers".
 */
export function figure(what: string, value: number | string): void {
  console.log(`      figure: ${what}: ${String(value)}`);
  const file = process.env["HONNIN_ATTACK_FIGURES"];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify({ what, value })}\n`);
}
