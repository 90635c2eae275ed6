import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { ask } from "../api.js";
import { Field, Notice } from "../parts/field.js";
import { Page } from "../parts/page.js";
import { useAction } from "../parts/use-action.js";
import { logInByPasskey } from "../passkey.js";
import { learnWhoIsHere, wasSignedOut } from "../session.js";
import { text } from "../text/text.js";

export function LogInPage(): VNode {
  const t = text.value;
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const byPassword = useAction(async () => {
    await ask("POST", "log-in", { name, password, code });
    await learnWhoIsHere();
  });
  const byPasskey = useAction(async () => {
    await logInByPasskey();
    await learnWhoIsHere();
  });
  const fault = byPassword.fault ?? byPasskey.fault;
  return (
    <div class="narrow card">
      <Page title={t.logInTitle}>
        {wasSignedOut.value && fault === null ? <Notice>{t.signedOut}</Notice> : null}
        {fault === null ? null : <Notice>{fault}</Notice>}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            byPassword.act();
          }}
        >
          <Field label={t.name} name="name" autocomplete="username" required value={name} onValue={setName} />
          <Field
            label={t.password}
            name="password"
            type="password"
            autocomplete="current-password"
            required
            value={password}
            onValue={setPassword}
          />
          <Field
            label={t.code}
            hint={t.codeHint}
            name="code"
            autocomplete="one-time-code"
            required
            value={code}
            onValue={setCode}
          />
          <p class="actions">
            <button type="submit" disabled={byPassword.busy}>
              {t.logIn}
            </button>
          </p>
        </form>
        <p class="or">{t.or}</p>
        <p class="actions">
          <button type="button" class="secondary" disabled={byPasskey.busy} onClick={byPasskey.act}>
            {t.logInByPasskey}
          </button>
        </p>
        <p class="muted small">{t.noAccountYet}</p>
      </Page>
    </div>
  );
}
