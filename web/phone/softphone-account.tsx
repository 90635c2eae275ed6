import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Phone, PhoneAccount } from "../../src/console/contract/phone.js";
import { ask } from "../console/api.js";
import { CopyButton } from "../console/parts/copy-button.js";
import { Notice } from "../console/parts/field.js";
import { QrCode } from "../console/parts/qr-code.js";
import { useAction } from "../console/parts/use-action.js";
import { phoneText } from "./phone-text.js";

/** How a softphone program becomes the same extension; its password is behind a click. */
export function SoftphoneAccount({
  sip,
  name,
}: {
  readonly sip: Phone["sip"];
  readonly name: string;
}): VNode {
  const t = phoneText.value;
  const [account, setAccount] = useState<PhoneAccount | null>(null);
  const show = useAction(async () => {
    setAccount(await ask<PhoneAccount>("GET", `phone/accounts/${name}`));
  });
  useEffect(() => {
    setAccount(null);
  }, [name]);
  const host = sip.host ?? window.location.hostname;
  const inUri = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return (
    <>
      <p>{sip.local ? t.softphoneLocal : t.softphoneMeans}</p>
      {show.fault === null ? null : <Notice>{show.fault}</Notice>}
      <dl class="account">
        <dt>{t.host}</dt>
        <dd>
          <code>{host}</code>
        </dd>
        <dt>{t.port}</dt>
        <dd>
          <code>{sip.port}</code>
        </dd>
        <dt>{t.user}</dt>
        <dd>
          <code>{name}</code>
        </dd>
        <dt>{t.password}</dt>
        <dd>
          {account === null ? (
            <button type="button" class="secondary small" disabled={show.busy} onClick={show.act}>
              {t.showAccount}
            </button>
          ) : (
            <>
              <code class="secret">{account.password}</code> <CopyButton value={account.password} />
            </>
          )}
        </dd>
      </dl>
      {account === null ? null : (
        <>
          <QrCode
            value={`sip:${account.name}:${account.password}@${inUri}:${sip.port};transport=udp`}
            label={t.qr}
          />
          <p class="small muted">{t.qrMeans}</p>
          <p class="notice wait">{t.passwordWarning}</p>
          <p class="actions">
            <button
              type="button"
              class="secondary small"
              onClick={() => {
                setAccount(null);
              }}
            >
              {t.hideAccount}
            </button>
          </p>
        </>
      )}
    </>
  );
}
