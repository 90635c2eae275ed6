import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { PromptInList, PromptVersion } from "../../../../src/console/contract/prompts.js";
import { ask } from "../../api.js";
import { Confirm } from "../../parts/dialog.js";
import { Notice } from "../../parts/field.js";
import { PlayButton } from "../../parts/play-button.js";
import { Time } from "../../parts/time.js";
import { useAction } from "../../parts/use-action.js";
import { promptsText } from "../../text/prompts-text.js";
import { text } from "../../text/text.js";
import { promptPath, soundPath } from "./prompt-paths.js";
import { seconds } from "./prompt-words.js";

/** Every version of a prompt in a set, and the way back to each. */
export function History({
  prompt: { id, locale },
  versions,
  client,
  mayChange,
  onChange,
}: {
  readonly prompt: PromptInList;
  readonly versions: readonly PromptVersion[];
  readonly client: string | null;
  readonly mayChange: boolean;
  readonly onChange: () => void;
}): VNode {
  const t = promptsText.value;
  const [asked, setAsked] = useState<number | null>(null);
  const [isDone, setDone] = useState(false);
  const goBack = useAction(async (to: number) => {
    const of = client === null ? {} : { client };
    await ask("POST", promptPath(locale, id, null, "/rollback"), { ...of, to });
    setAsked(null);
    setDone(true);
    onChange();
  });
  const current = versions.find((one) => one.current);
  return (
    <div class="card">
      <h2>{t.history}</h2>
      {isDone ? <Notice kind="good">{t.rolledBack}</Notice> : null}
      {versions.length === 0 ? <p class="muted">{t.noHistory}</p> : null}
      {mayChange && current !== undefined && current.restores !== 0 ? (
        <p class="actions">
          <button
            type="button"
            class="secondary small"
            onClick={() => {
              setAsked(0);
            }}
          >
            {t.goNone}
          </button>
        </p>
      ) : null}
      {versions.length === 0 ? null : (
        <div class="scroll" role="region" aria-label={t.history} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.versionHead}</th>
                <th scope="col">{text.value.when}</th>
                <th scope="col">{text.value.who}</th>
                <th scope="col">{t.origin}</th>
                <th scope="col">{t.said}</th>
                <th scope="col">
                  <span class="unseen">{text.value.act}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {versions.map((one) => (
                <tr key={one.version}>
                  <th scope="row">
                    {t.version(one.version)} {one.current ? <span class="tag">{t.current}</span> : null}
                  </th>
                  <td>
                    <Time at={one.created_at} />
                  </td>
                  <td>{one.created_by}</td>
                  <td>
                    {originText(one)}
                    {one.source_name === null || one.restores !== null ? null : (
                      <p class="muted small">{one.source_name}</p>
                    )}
                  </td>
                  <td class="long">
                    <span lang={locale}>{one.text ?? "—"}</span>{" "}
                    <span class="muted small number">{seconds(one.duration_ms)}</span>
                  </td>
                  <td>
                    <div class="actions">
                      {one.text === null ? null : (
                        <PlayButton
                          path={soundPath(locale, id, client, one.version)}
                          of={t.version(one.version)}
                        />
                      )}
                      {mayChange && !one.current && one.restores === null ? (
                        <button
                          type="button"
                          class="secondary small"
                          onClick={() => {
                            setAsked(one.version);
                          }}
                        >
                          {t.goBack}
                        </button>
                      ) : null}
                    </div>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asked === null ? null : (
        <Confirm
          title={asked === 0 ? t.goNone : t.goBack}
          question={asked === 0 ? t.goNoneSure : t.goBackSure(asked)}
          yes={asked === 0 ? t.goNone : t.goBack}
          busy={goBack.busy}
          fault={goBack.fault}
          onYes={() => {
            goBack.act(asked);
          }}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
    </div>
  );
}

function originText({ origin, restores }: PromptVersion): string {
  const t = promptsText.value;
  switch (origin) {
    case "recording":
      return t.recordingOrigin;
    case "speech":
      return t.speechOrigin;
    case "import":
      return t.importOrigin;
    case "rollback":
      return t.rollbackOrigin(restores ?? 0);
  }
}
