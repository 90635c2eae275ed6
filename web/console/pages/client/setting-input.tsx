import type { VNode } from "preact";
import { useId } from "preact/hooks";
import type { ShownSetting } from "../../../../src/console/contract/clients.js";
import { clientSettingsText, SETTING_TEXTS, type SettingKey } from "../../text/client-settings-text.js";

interface InputProps {
  readonly setting: ShownSetting;
  readonly value: string;
  readonly onValue: (value: string) => void;
}

/** One setting: what it is called and means, what is accepted, and what holds where it is left empty. */
export function SettingInput({
  name,
  isWrong,
  ...input
}: InputProps & { readonly name: SettingKey; readonly isWrong: boolean }): VNode {
  const t = clientSettingsText.value;
  const words = SETTING_TEXTS.value[name];
  const id = useId();
  const { setting } = input;
  const usual = setting.by_default === "" ? words.unset : setting.by_default.replaceAll(",", ", ");
  return (
    <div class="setting" role="group" aria-labelledby={`${id}-name`} aria-describedby={`${id}-means`}>
      <div>
        <h3 id={`${id}-name`}>{words.name}</h3>
        <p class="small muted">
          <code>{setting.key}</code>
        </p>
      </div>
      <div>
        {isWrong ? (
          <p class="fault" role="alert">
            {t.wrong}
          </p>
        ) : null}
        {setting.kind === "choices" ? (
          <Choices {...input} />
        ) : setting.kind === "choice" ? (
          <OneChoice labelledBy={`${id}-name`} usual={usual} {...input} />
        ) : (
          <input
            type="text"
            aria-labelledby={`${id}-name`}
            aria-invalid={isWrong}
            inputMode={setting.kind === "whole" ? "numeric" : "text"}
            value={input.value}
            onInput={(event) => {
              input.onValue(event.currentTarget.value);
            }}
          />
        )}
        <p class="small muted" id={`${id}-means`}>
          {words.meaning}
          <br />
          {t.accepted}
          {words.accepted}
          {usual === "" ? null : (
            <>
              <br />
              {t.byDefault}
              {usual}
            </>
          )}
        </p>
      </div>
    </div>
  );
}

function OneChoice({
  setting,
  value,
  onValue,
  labelledBy,
  usual,
}: InputProps & { readonly labelledBy: string; readonly usual: string }): VNode {
  const t = clientSettingsText.value;
  const shown = (option: string): string => (option === "true" ? t.on : option === "false" ? t.off : option);
  return (
    <select
      aria-labelledby={labelledBy}
      value={value}
      onChange={(event) => {
        onValue(event.currentTarget.value);
      }}
    >
      <option value="" selected={value === ""}>
        {t.useDefault}
        {setting.by_default === "" ? "" : ` (${usual})`}
      </option>
      {setting.options.map((option) => (
        <option key={option} value={option} selected={option === value}>
          {shown(option)}
        </option>
      ))}
    </select>
  );
}

/** Several of a few; all that the default has are as good as not set. */
function Choices({ setting, value, onValue }: InputProps): VNode {
  const chosen = (value === "" ? setting.by_default : value).split(",");
  return (
    <p class="checks">
      {setting.options.map((option) => (
        <label key={option}>
          <input
            type="checkbox"
            checked={chosen.includes(option)}
            // The last one stays: a client that may use nothing is one without keys.
            disabled={chosen.length === 1 && chosen.includes(option)}
            onChange={(event) => {
              const { checked } = event.currentTarget;
              const now = setting.options.filter((one) => (one === option ? checked : chosen.includes(one)));
              const joined = now.join(",");
              onValue(joined === setting.by_default ? "" : joined);
            }}
          />{" "}
          {option}
        </label>
      ))}
    </p>
  );
}
