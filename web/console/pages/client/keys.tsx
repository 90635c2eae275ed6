import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { IssuedKey, KeyList, ShownKey } from "../../../../src/console/contract/clients.js";
import { ask } from "../../api.js";
import { Confirm, Dialog, FormActions } from "../../parts/dialog.js";
import { Field, Notice } from "../../parts/field.js";
import { Waiting } from "../../parts/page.js";
import { ShownOnce } from "../../parts/shown-once.js";
import { Time } from "../../parts/time.js";
import { useAction } from "../../parts/use-action.js";
import { useAnswer } from "../../parts/use-answer.js";
import { useWrongFields } from "../../parts/wrong-fields.js";
import { clientsText } from "../../text/clients-text.js";
import { text } from "../../text/text.js";
import { ReplaceKey } from "./replace-key.js";
import { nameOf } from "./key-name.js";
import { type End, EndFields, endOf, NO_END } from "./key-end.js";

export function Keys({ id, mayChange }: { readonly id: string; readonly mayChange: boolean }): VNode {
  const t = clientsText.value;
  const list = useAnswer<KeyList>(`clients/${id}/keys`);
  const [making, setMaking] = useState(false);
  const [issued, setIssued] = useState<IssuedKey | null>(null);
  const [ending, setEnding] = useState<ShownKey | null>(null);
  const [leaving, setLeaving] = useState<ShownKey | null>(null);
  const [replacing, setReplacing] = useState<ShownKey | null>(null);
  const revoke = useAction(async (key: string) => {
    await ask("DELETE", `clients/${id}/keys/${key}`);
    setLeaving(null);
    list.again();
  });
  return (
    <section class="card" aria-labelledby="keys">
      <div class="section-head">
        <h2 id="keys">{t.keys}</h2>
        {mayChange ? (
          <button
            type="button"
            onClick={() => {
              setMaking(true);
            }}
          >
            {t.makeKey}
          </button>
        ) : null}
      </div>
      {list.value === undefined ? (
        <Waiting fault={list.fault} again={list.again} />
      ) : list.value.keys.length === 0 ? (
        <p class="muted">{t.noKeys}</p>
      ) : (
        <KeyTable
          keys={list.value.keys}
          mayChange={mayChange}
          onReplace={setReplacing}
          onEnd={setEnding}
          onRevoke={setLeaving}
        />
      )}
      {making ? (
        <MakeKey
          id={id}
          onMade={(key) => {
            setMaking(false);
            setIssued(key);
            list.again();
          }}
          onClose={() => {
            setMaking(false);
          }}
        />
      ) : null}
      {replacing === null ? null : (
        <ReplaceKey
          client={id}
          old={replacing}
          onMade={(key) => {
            setReplacing(null);
            setIssued(key);
            list.again();
          }}
          onClose={() => {
            setReplacing(null);
          }}
        />
      )}
      {issued === null ? null : (
        <ShownOnce
          title={t.keyMade}
          means={t.keyOnce}
          secret={issued.key}
          onClose={() => {
            setIssued(null);
          }}
        />
      )}
      {ending === null ? null : (
        <SetEnd
          path={`clients/${id}/keys/${ending.id}`}
          label={nameOf(ending)}
          onClose={() => {
            setEnding(null);
            list.again();
          }}
        />
      )}
      {leaving === null ? null : (
        <Confirm
          title={t.revoke}
          question={t.revokeSure(nameOf(leaving))}
          yes={t.revoke}
          busy={revoke.busy}
          fault={revoke.fault}
          onYes={() => {
            revoke.act(leaving.id);
          }}
          onClose={() => {
            setLeaving(null);
          }}
        />
      )}
    </section>
  );
}

function KeyTable({
  keys,
  mayChange,
  onReplace,
  onEnd,
  onRevoke,
}: {
  readonly keys: readonly ShownKey[];
  readonly mayChange: boolean;
  readonly onReplace: (key: ShownKey) => void;
  readonly onEnd: (key: ShownKey) => void;
  readonly onRevoke: (key: ShownKey) => void;
}): VNode {
  const t = clientsText.value;
  const tags = {
    live: <span class="tag">{t.keyLive}</span>,
    expired: <span class="tag plain">{t.keyExpired}</span>,
    revoked: <span class="tag bad">{t.keyRevoked}</span>,
  };
  return (
    <div class="scroll" role="group" aria-label={t.keys} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.label}</th>
            <th scope="col">{t.state}</th>
            <th scope="col">{text.value.created}</th>
            <th scope="col">{t.ends}</th>
            <th scope="col">{t.id}</th>
            <th scope="col">
              <span class="unseen">{text.value.act}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.id}>
              <th scope="row">{key.label === "" ? t.noLabel : key.label}</th>
              <td>{tags[key.state]}</td>
              <td>
                <Time at={key.created_at} />
              </td>
              <td>
                <Time at={key.revoked_at ?? key.expires_at} empty={t.noEnd} />
              </td>
              <td>
                <code>{key.id}</code>
              </td>
              <td>
                {mayChange && key.state === "live" ? (
                  <div class="actions">
                    <button
                      type="button"
                      class="secondary small"
                      onClick={() => {
                        onReplace(key);
                      }}
                    >
                      {t.replace}
                    </button>
                    <button
                      type="button"
                      class="secondary small"
                      onClick={() => {
                        onEnd(key);
                      }}
                    >
                      {t.setEnd}
                    </button>
                    <button
                      type="button"
                      class="secondary small"
                      onClick={() => {
                        onRevoke(key);
                      }}
                    >
                      {t.revoke}
                    </button>
                  </div>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MakeKey({
  id,
  onMade,
  onClose,
}: {
  readonly id: string;
  readonly onMade: (key: IssuedKey) => void;
  readonly onClose: () => void;
}): VNode {
  const t = clientsText.value;
  const [label, setLabel] = useState("");
  const [end, setEnd] = useState<End>(NO_END);
  const { isWrong, naming } = useWrongFields();
  const make = useAction(() =>
    naming(async () => {
      onMade(await ask<IssuedKey>("POST", `clients/${id}/keys`, { label, ...endOf(end) }));
    }),
  );
  return (
    <Dialog title={t.makeKey} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.act();
        }}
      >
        {make.fault === null ? null : <Notice>{make.fault}</Notice>}
        <Field label={t.label} hint={t.labelHint} maxLength={64} value={label} onValue={setLabel} />
        <EndFields end={end} isWrong={isWrong("expires_at") || isWrong("expires_in_days")} onEnd={setEnd} />
        <FormActions send={t.makeKey} busy={make.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}

function SetEnd({
  path,
  label,
  onClose,
}: {
  readonly path: string;
  readonly label: string;
  readonly onClose: () => void;
}): VNode {
  const t = clientsText.value;
  const [end, setEnd] = useState<End>({ ...NO_END, kind: "days", days: "1" });
  const { isWrong, naming } = useWrongFields();
  const set = useAction(() =>
    naming(async () => {
      await ask("PATCH", path, endOf(end));
      onClose();
    }),
  );
  return (
    <Dialog title={`${t.setEnd}: ${label}`} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set.act();
        }}
      >
        {set.fault === null ? null : <Notice>{set.fault}</Notice>}
        <EndFields end={end} isWrong={isWrong("expires_at") || isWrong("expires_in_days")} onEnd={setEnd} />
        <FormActions send={t.setEnd} busy={set.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
