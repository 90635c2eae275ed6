import type { VNode } from "preact";
import { Time } from "../console/parts/time.js";
import { type LogLine, lines } from "./call-log.js";
import { phoneText } from "./phone-text.js";

/** What happened, the latest first. */
export function LogList(): VNode {
  const t = phoneText.value;
  if (lines.value.length === 0) return <p class="muted">{t.logEmpty}</p>;
  return (
    <div class="log scroll" role="log" aria-label={t.log} tabIndex={0}>
      <ol>
        {lines.value.map((line) => (
          <li key={line.nth}>
            <Time at={line.at.toISOString()} /> {sentence(line)}
          </li>
        ))}
      </ol>
    </div>
  );
}

function sentence({ what, detail }: LogLine): string {
  const said = phoneText.value[what];
  return typeof said === "string" ? said : said(detail);
}
