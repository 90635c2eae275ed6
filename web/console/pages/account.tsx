import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { PasskeyList, SessionList } from "../../../src/console/contract/accounts.js";
import { ask } from "../api.js";
import { Confirm } from "../parts/dialog.js";
import { Field, Notice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { RecoveryCodes } from "../parts/recovery-codes.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { useAnswer } from "../parts/use-answer.js";
import { makePasskey } from "../passkey.js";
import { learnWhoIsHere, me } from "../session.js";
import { text } from "../text/text.js";

export function AccountPage(): VNode {
  const here = me.value;
  return (
    <Page title={text.value.accountTitle}>
      {here?.has_password === true ? <Password left={here.recovery_codes_left} /> : null}
      <Passkeys />
      <Sessions />
    </Page>
  );
}

function Password({ left }: { readonly left: number }): VNode {
  const t = text.value;
  const [password, setPassword] = useState("");
  const [chosen, setChosen] = useState("");
  const [code, setCode] = useState("");
  const [isDone, setDone] = useState(false);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const change = useAction(async () => {
    setDone(false);
    await ask("POST", "password", { password, code, new_password: chosen });
    await learnWhoIsHere();
    for (const empty of [setPassword, setChosen, setCode]) empty("");
    setDone(true);
  });
  const renew = useAction(async () => {
    const made = await ask<{ recovery_codes: string[] }>("POST", "recovery-codes", {});
    setCodes(made.recovery_codes);
    await learnWhoIsHere();
  });
  return (
    <>
      <section class="card" aria-labelledby="change-password">
        <h2 id="change-password">{t.changePassword}</h2>
        {change.fault === null ? null : <Notice>{change.fault}</Notice>}
        {isDone ? <Notice kind="good">{t.passwordChanged}</Notice> : null}
        <form
          class="columns"
          onSubmit={(event) => {
            event.preventDefault();
            change.act();
          }}
        >
          <input type="hidden" name="username" autocomplete="username" value={me.value?.name ?? ""} />
          <Field
            label={t.currentPassword}
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onValue={setPassword}
          />
          <Field
            label={t.newPassword}
            hint={t.newPasswordHint}
            type="password"
            autocomplete="new-password"
            required
            value={chosen}
            onValue={setChosen}
          />
          <Field label={t.code} autocomplete="one-time-code" required value={code} onValue={setCode} />
          <p class="actions">
            <button type="submit" disabled={change.busy}>
              {t.changePassword}
            </button>
          </p>
        </form>
      </section>
      <section class="card" aria-labelledby="recovery">
        <h2 id="recovery">{t.recoveryTitle}</h2>
        <p>{t.recoveryLeft(left)}</p>
        {renew.fault === null ? null : <Notice>{renew.fault}</Notice>}
        {codes.length > 0 ? <RecoveryCodes codes={codes} /> : null}
        <p class="actions">
          <button type="button" class="secondary" disabled={renew.busy} onClick={renew.act}>
            {t.renewRecovery}
          </button>
          <span class="muted small">{t.renewRecoverySure}</span>
        </p>
      </section>
    </>
  );
}

function Passkeys(): VNode {
  const t = text.value;
  const list = useAnswer<PasskeyList>("passkeys");
  const [label, setLabel] = useState("");
  const [leaving, setLeaving] = useState<{ id: string; label: string } | null>(null);
  const add = useAction(async () => {
    const made = await makePasskey("passkeys/challenge", {});
    await ask("POST", "passkeys", { ...made, label });
    setLabel("");
    list.again();
  });
  const remove = useAction(async (id: string) => {
    await ask("DELETE", `passkeys/${id}`);
    setLeaving(null);
    list.again();
  });
  return (
    <section class="card" aria-labelledby="passkeys">
      <h2 id="passkeys">{t.passkeys}</h2>
      {list.value === undefined ? (
        <Waiting fault={list.fault} again={list.again} />
      ) : list.value.passkeys.length === 0 ? (
        <p class="muted">{t.noPasskeys}</p>
      ) : (
        <ul class="rows">
          {list.value.passkeys.map((one) => (
            <li key={one.id}>
              <strong>{one.label}</strong>
              <span class="muted">
                {t.lastUsed} <Time at={one.last_used_at} empty={t.never} />
              </span>
              <button
                type="button"
                class="secondary small"
                onClick={() => {
                  setLeaving(one);
                }}
              >
                {t.remove}
              </button>
            </li>
          ))}
        </ul>
      )}
      {add.fault === null ? null : <Notice>{add.fault}</Notice>}
      <form
        class="columns"
        onSubmit={(event) => {
          event.preventDefault();
          add.act();
        }}
      >
        <Field
          label={t.passkeyLabel}
          hint={t.passkeyLabelHint}
          required
          maxLength={64}
          value={label}
          onValue={setLabel}
        />
        <p class="actions">
          <button type="submit" class="secondary" disabled={add.busy}>
            {t.addPasskey}
          </button>
        </p>
      </form>
      {leaving === null ? null : (
        <Confirm
          title={t.remove}
          question={t.removePasskeySure(leaving.label)}
          yes={t.remove}
          busy={remove.busy}
          fault={remove.fault}
          onYes={() => {
            remove.act(leaving.id);
          }}
          onClose={() => {
            setLeaving(null);
          }}
        />
      )}
    </section>
  );
}

function Sessions(): VNode {
  const t = text.value;
  const list = useAnswer<SessionList>("sessions");
  const revoke = useAction(async (id: string) => {
    await ask("DELETE", `sessions/${id}`);
    list.again();
  });
  if (list.value === undefined) return <Waiting fault={list.fault} again={list.again} />;
  return (
    <section class="card" aria-labelledby="sessions">
      <h2 id="sessions">{t.sessions}</h2>
      {revoke.fault === null ? null : <Notice>{revoke.fault}</Notice>}
      <div class="scroll" role="group" aria-labelledby="sessions" tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.address}</th>
              <th scope="col">{t.browser}</th>
              <th scope="col">{t.lastSeen}</th>
              <th scope="col">{t.expires}</th>
              <th scope="col">
                <span class="unseen">{t.act}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {list.value.sessions.map((one) => (
              <tr key={one.id}>
                <td>{one.name}</td>
                <td class="number">{one.address}</td>
                <td class="long">{one.agent}</td>
                <td>
                  <Time at={one.last_seen_at} />
                </td>
                <td>
                  <Time at={one.expires_at} />
                </td>
                <td>
                  {one.is_this ? (
                    <span class="tag">{t.thisSession}</span>
                  ) : (
                    <button
                      type="button"
                      class="secondary small"
                      disabled={revoke.busy}
                      onClick={() => {
                        revoke.act(one.id);
                      }}
                    >
                      {t.revoke}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
