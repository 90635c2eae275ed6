import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Answering telephones, by how the call turns out for the caller. A refusal is one scenario with its status. */
const REFUSALS = {
  "busy-486": "486 Busy Here",
  "busy-everywhere-600": "600 Busy Everywhere",
  "rejected-603": "603 Decline",
  "unwanted-607": "607 Unwanted",
  "not-found-404": "404 Not Found",
  "gone-410": "410 Gone",
  "unavailable-480": "480 Temporarily Unavailable",
  "address-incomplete-484": "484 Address Incomplete",
  "not-acceptable-488": "488 Not Acceptable Here",
  "trunk-500": "500 Server Internal Error",
  "trunk-503": "503 Service Unavailable",
} as const;

type Refusal = keyof typeof REFUSALS;

export type AnsweringScenario =
  | "answers"
  | "answers-at-once"
  | "answers-after-early-media"
  | "answers-and-keys-by-sip-info"
  | "answers-and-keys-from-pcap"
  | "rings-until-canceled"
  | Refusal;

export type CallingScenario = "calls" | "calls-and-is-refused" | "calls-and-keys-from-pcap";

/**
 * Fills a scenario's `{{names}}` in and writes it to `folder`. A name without a value stops the
 * test: SIPp would send the braces, and the test would fail for a reason hard to find.
 */
export async function renderScenario(
  scenario: AnsweringScenario | CallingScenario,
  values: Readonly<Record<string, string | number>>,
  folder: string,
): Promise<string> {
  const refusal = scenario in REFUSALS ? REFUSALS[scenario as Refusal] : undefined;
  const template = refusal === undefined ? scenario : "refuses";
  const known: Readonly<Record<string, string | number>> = { ...values, status_and_reason: refusal ?? "" };
  const xml = await readFile(new URL(`scenarios/${template}.xml`, import.meta.url), "utf8");
  const rendered = xml.replace(
    /^[ \t]*\{\{(\w+)\}\}[ \t]*\n|\{\{(\w+)\}\}/gm,
    (_match, line?: string, inline?: string) => {
      const name = line ?? inline ?? "";
      const value = known[name];
      if (value === undefined) throw new Error(`scenario ${scenario} needs a value for ${name}`);
      // An empty header line would end the headers.
      return line === undefined ? String(value) : value === "" ? "" : `${value}\n`;
    },
  );
  const file = join(folder, `${scenario}.xml`);
  await writeFile(file, rendered);
  return file;
}
