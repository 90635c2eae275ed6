import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { PromptCheck } from "../../../../src/console/contract/prompts.js";
import type { PromptRefusalCode } from "../../../../src/prompts/prompt-refusal.js";
import { ask } from "../../api.js";
import { Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { promptRefusalText } from "../../text/prompt-refusal-text.js";
import { promptsText } from "../../text/prompts-text.js";

type Finding = PromptCheck["findings"][number];

/** Whether every sound is there, and right. */
export function SoundCheck(): VNode {
  const t = promptsText.value;
  const [found, setFound] = useState<PromptCheck | null>(null);
  const check = useAction(async () => {
    setFound(await ask<PromptCheck>("POST", "prompts/check", {}));
  });
  return (
    <div class="card">
      <h2>{t.check}</h2>
      <p class="muted">{t.checkMeans}</p>
      <p class="actions">
        <button
          type="button"
          class="secondary"
          disabled={check.busy}
          onClick={() => {
            check.act();
          }}
        >
          {check.busy ? t.checking : t.check}
        </button>
      </p>
      {check.fault === null ? null : <Notice>{check.fault}</Notice>}
      {found === null || check.busy ? null : <Findings found={found} />}
    </div>
  );
}

function Findings({ found: { sounds, findings } }: { readonly found: PromptCheck }): VNode {
  const t = promptsText.value;
  if (findings.length === 0) return <Notice kind="good">{t.checkFine(sounds)}</Notice>;
  return (
    <>
      <Notice>{t.checkFound(findings.length, sounds)}</Notice>
      <div class="scroll" role="region" aria-label={t.check} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.prompt}</th>
              <th scope="col">{t.ofSet}</th>
              <th scope="col">{t.finding}</th>
            </tr>
          </thead>
          <tbody>
            {findings.map((finding) => (
              <tr
                key={`${finding.set} ${finding.client ?? ""} ${finding.locale} ${finding.id} ${finding.version ?? ""}`}
              >
                <th scope="row">
                  {finding.id} ({finding.locale})
                </th>
                <td>
                  {setText(finding)} {finding.version === null ? null : t.version(finding.version)}
                </td>
                <td class="long">
                  <ul>
                    {finding.faults.map(({ code, says }) => (
                      <li key={says} title={says}>
                        {faultText(code)}
                      </li>
                    ))}
                  </ul>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function setText({ set, client }: Finding): string {
  const t = promptsText.value;
  return { client: client ?? "", default: t.defaultSet, shipped: t.fromShipped }[set];
}

const OF_FILES = ["not_in_catalogue", "file_missing", "file_altered", "unreadable", "level"] as const;

function faultText(code: Finding["faults"][number]["code"]): string {
  const ofFile = OF_FILES.find((one) => one === code);
  return ofFile === undefined ? promptRefusalText(code as PromptRefusalCode) : promptsText.value[ofFile];
}
