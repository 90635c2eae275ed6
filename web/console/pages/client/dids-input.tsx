import type { VNode } from "preact";
import { clientSettingsText, SETTING_TEXTS } from "../../text/client-settings-text.js";

/** The DIDs that a client has for itself, in the order in which they are chosen: the first is its default. */
export function DidsInput({
  all,
  chosen,
  isWrong,
  onChosen,
}: {
  readonly all: readonly string[];
  readonly chosen: readonly string[];
  readonly isWrong: boolean;
  readonly onChosen: (dids: readonly string[]) => void;
}): VNode {
  const t = clientSettingsText.value;
  const words = SETTING_TEXTS.value.dids;
  // One that was claimed and is no number of the service any more is shown, so that it can be given up.
  const shown = [...all, ...chosen.filter((did) => !all.includes(did))];
  return (
    <div class="setting" role="group" aria-labelledby="dids-name" aria-describedby="dids-means">
      <div>
        <h3 id="dids-name">{words.name}</h3>
        <p class="small muted">
          <code>dids</code>
        </p>
      </div>
      <div>
        {isWrong ? (
          <p class="fault" role="alert">
            {t.wrong}
          </p>
        ) : null}
        {shown.length === 0 ? <p>{t.noDids}</p> : null}
        <p class="checks">
          {shown.map((did) => (
            <label key={did} class="number">
              <input
                type="checkbox"
                checked={chosen.includes(did)}
                onChange={(event) => {
                  onChosen(
                    event.currentTarget.checked ? [...chosen, did] : chosen.filter((one) => one !== did),
                  );
                }}
              />{" "}
              {did}
              {did === chosen[0] ? (
                <>
                  {" "}
                  <span class="tag">{t.firstDid}</span>
                </>
              ) : null}
            </label>
          ))}
        </p>
        <p class="small muted" id="dids-means">
          {words.meaning}
          <br />
          {t.byDefault}
          {words.unset}
        </p>
      </div>
    </div>
  );
}
