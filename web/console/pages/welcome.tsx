import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { LinkLook, LinkUsed } from "../../../src/console/contract/accounts.js";
import { ask } from "../api.js";
import { CopyButton } from "../parts/copy-button.js";
import { Field, Notice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { QrCode } from "../parts/qr-code.js";
import { RecoveryCodes } from "../parts/recovery-codes.js";
import { useAction } from "../parts/use-action.js";
import { makePasskey } from "../passkey.js";
import { roleMeaning, roleText } from "../role-text.js";
import { go } from "../router.js";
import { learnWhoIsHere } from "../session.js";
import { text } from "../text/text.js";

/** Out of the address at once: neither the history nor whoever looks on shall keep it. */
const token = window.location.pathname === "/welcome" ? window.location.hash.slice(1) : "";
if (token !== "") history.replaceState(null, "", "/welcome");

export function WelcomePage(): VNode {
  const t = text.value;
  const [link, setLink] = useState<LinkLook | null>(null);
  const [codes, setCodes] = useState<readonly string[]>([]);
  const look = useAction(async () => {
    setLink(await ask<LinkLook>("POST", "links/look", { token }));
  });
  useEffect(look.act, []);
  const done = async ({ recovery_codes: shown }: LinkUsed): Promise<void> => {
    if (shown.length > 0) setCodes(shown);
    else await enter();
  };
  if (codes.length > 0) {
    return (
      <div class="narrow card">
        <Page title={t.recoveryTitle}>
          <RecoveryCodes codes={codes} />
          <p class="actions">
            <button type="button" onClick={() => void enter()}>
              {t.recoveryKept}
            </button>
          </p>
        </Page>
      </div>
    );
  }
  if (link === null) {
    return (
      <div class="narrow card">
        <Page title={look.fault === null ? t.loading : t.linkGone}>
          {look.fault === null ? <Waiting fault={null} again={look.act} /> : <p>{t.linkGoneMeans}</p>}
        </Page>
      </div>
    );
  }
  const title = { first: t.welcomeFirst, invitation: t.welcomeInvitation, reset: t.welcomeReset }[
    link.purpose
  ];
  return (
    <div class="narrow card">
      <Page title={title}>
        <p>
          {t.welcomeRole(roleText(link.role))} <span class="muted">{roleMeaning(link.role)}</span>
        </p>
        <Ways link={link} onDone={done} />
      </Page>
    </div>
  );
}

async function enter(): Promise<void> {
  await learnWhoIsHere();
  go("/", { replace: true });
}

function Ways({
  link,
  onDone,
}: {
  readonly link: LinkLook;
  readonly onDone: (used: LinkUsed) => Promise<void>;
}): VNode {
  const t = text.value;
  const [name, setName] = useState(link.name ?? "");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const byPassword = useAction(async () => {
    await onDone(await ask<LinkUsed>("POST", "links/password", { token, name, password, code }));
  });
  const byPasskey = useAction(async () => {
    const made = await makePasskey("links/passkey/challenge", { token, name });
    await onDone(await ask<LinkUsed>("POST", "links/passkey", { token, name, ...made }));
  });
  const button = link.purpose === "reset" ? t.renewAccount : t.makeAccount;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        byPassword.act();
      }}
    >
      <Field
        label={t.name}
        name="name"
        autocomplete="username"
        required
        readOnly={link.name !== null}
        value={name}
        onValue={setName}
      />
      <p>{t.welcomeHow}</p>
      <fieldset>
        <legend>{t.welcomeByPasskey}</legend>
        <p class="muted">{link.passkeys ? t.welcomeByPasskeyMeans : t.passkeysNeedName}</p>
        {byPasskey.fault === null ? null : <Notice>{byPasskey.fault}</Notice>}
        <p class="actions">
          <button
            type="button"
            class="secondary"
            disabled={!link.passkeys || byPasskey.busy || name === ""}
            onClick={byPasskey.act}
          >
            {t.makePasskey}
          </button>
        </p>
      </fieldset>
      <fieldset>
        <legend>{t.welcomeByPassword}</legend>
        <Field
          label={t.newPassword}
          hint={t.newPasswordHint}
          name="password"
          type="password"
          autocomplete="new-password"
          required
          value={password}
          onValue={setPassword}
        />
        <p>{t.scanQr}</p>
        <QrCode value={link.totp.uri} label={t.scanQr} />
        <p class="small">
          {t.orType} <code class="secret">{link.totp.secret}</code> <CopyButton value={link.totp.secret} />
        </p>
        <Field
          label={t.firstCode}
          name="code"
          inputMode="numeric"
          autocomplete="one-time-code"
          required
          value={code}
          onValue={setCode}
        />
        {byPassword.fault === null ? null : <Notice>{byPassword.fault}</Notice>}
        <p class="actions">
          <button type="submit" disabled={byPassword.busy}>
            {button}
          </button>
        </p>
      </fieldset>
    </form>
  );
}
