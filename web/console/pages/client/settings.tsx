import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ClientDetail, ShownSetting } from "../../../../src/console/contract/clients.js";
import { ask } from "../../api.js";
import { Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { useWrongFields } from "../../parts/wrong-fields.js";
import { clientSettingsText, type SettingKey } from "../../text/client-settings-text.js";
import { text } from "../../text/text.js";
import { DidsInput } from "./dids-input.js";
import { SettingInput } from "./setting-input.js";

type Group = keyof typeof clientSettingsText.value & `group${string}`;

/** In what order they are shown; one that is in none of these stands with the numbers. */
const GROUPS: readonly (readonly [name: Group, belongs: (key: string) => boolean])[] = [
  ["groupNumbers", (key) => !isOfOthers(key)],
  ["groupRights", (key) => ["methods", "channels", "directions", "outbound_allow", "ip_allow"].includes(key)],
  ["groupLimits", (key) => key.startsWith("max_")],
  ["groupBudget", (key) => key.startsWith("budget_")],
  ["groupEvidence", (key) => key.endsWith("_evidence")],
  ["groupMessages", (key) => key.startsWith("sms_") || ["company", "new_code_each_time"].includes(key)],
];

function isOfOthers(key: string): boolean {
  return GROUPS.slice(1).some(([, belongs]) => belongs(key));
}

/** What a client has set: all fields at once, of which those that were changed are saved together. */
export function Settings({
  client,
  mayChange,
}: {
  readonly client: ClientDetail;
  readonly mayChange: boolean;
}): VNode {
  const t = clientSettingsText.value;
  const [saved, setSaved] = useState(client);
  const [edited, setEdited] = useState<Readonly<Record<string, string>>>({});
  const [dids, setDids] = useState<readonly string[] | null>(null);
  const [isDone, setDone] = useState(false);
  const { isWrong, naming } = useWrongFields();
  const save = useAction(() =>
    naming(async () => {
      setDone(false);
      const shown = saved.settings.filter(({ key }) => key in edited).map(({ key, value }) => [key, value]);
      const body = {
        settings: edited,
        ...(dids === null ? {} : { dids }),
        was: {
          settings: Object.fromEntries(shown) as Record<string, string>,
          ...(dids === null ? {} : { dids: saved.dids }),
        },
      };
      setSaved(await ask<ClientDetail>("PATCH", `clients/${client.id}/settings`, body));
      setEdited({});
      setDids(null);
      setDone(true);
    }),
  );
  const edit = (setting: ShownSetting, value: string): void => {
    setDone(false);
    const others = Object.entries(edited).filter(([key]) => key !== setting.key);
    setEdited(Object.fromEntries(value === setting.value ? others : [...others, [setting.key, value]]));
  };
  const isChanged = Object.keys(edited).length > 0 || dids !== null;
  return (
    <form
      class="card settings"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save.act();
      }}
    >
      <fieldset class="bare" disabled={!mayChange}>
        {GROUPS.map(([name, belongs]) => (
          <section key={name} aria-labelledby={name}>
            <h2 id={name}>{t[name]}</h2>
            {name === "groupNumbers" ? (
              <DidsInput
                all={saved.service_dids}
                chosen={dids ?? saved.dids}
                isWrong={isWrong("dids")}
                onChosen={(chosen) => {
                  setDone(false);
                  setDids(chosen);
                }}
              />
            ) : null}
            {saved.settings
              .filter(({ key }) => belongs(key))
              .map((setting) => (
                <SettingInput
                  key={setting.key}
                  name={setting.key as SettingKey}
                  setting={setting}
                  value={edited[setting.key] ?? setting.value}
                  isWrong={isWrong(setting.key)}
                  onValue={(value) => {
                    edit(setting, value);
                  }}
                />
              ))}
            {name === "groupMessages" ? <Messages of={saved.messages} /> : null}
          </section>
        ))}
      </fieldset>
      {save.fault === null ? null : <Notice>{save.fault}</Notice>}
      {isDone ? <Notice kind="good">{t.saved}</Notice> : null}
      {mayChange ? (
        <p class="actions">
          <button type="submit" disabled={save.busy || !isChanged}>
            {text.value.save}
          </button>
        </p>
      ) : null}
    </form>
  );
}

/** What its messages would be by what is saved, and what each costs. */
function Messages({ of }: { readonly of: ClientDetail["messages"] }): VNode | null {
  const t = clientSettingsText.value;
  if (of.length === 0) return null;
  return (
    <section aria-labelledby="previews">
      <h3 id="previews">{t.preview}</h3>
      <p class="muted small">{t.previewSaved}</p>
      <dl class="facts">
        {of.map(({ locale, text: said, parts, price_yen: price }) => (
          <div key={locale}>
            <dt>
              {t[locale]} <span class="tag plain">{t.priceOf(parts, price)}</span>
            </dt>
            <dd lang={locale} class="lines">
              {said}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
