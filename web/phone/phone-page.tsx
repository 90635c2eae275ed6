import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Phone } from "../../src/console/contract/phone.js";
import { Page, Waiting } from "../console/parts/page.js";
import { Preferences } from "../console/parts/preferences.js";
import { useAnswer } from "../console/parts/use-answer.js";
import { language, text } from "../console/text/text.js";
import { CallPanel } from "./call-panel.js";
import { DialForm } from "./dial-form.js";
import { onKeyDown } from "./keyboard.js";
import { LineForm } from "./line-form.js";
import { LogList } from "./log-list.js";
import { phoneText } from "./phone-text.js";
import { SoftphoneAccount } from "./softphone-account.js";

/** Beside the demonstration site: that page says what this is, and has the languages and the way to the console. */
const FRAMED = window.self !== window.top;

/** The whole page: who may not use it is sent to the console to log in. */
export function PhonePage(): VNode {
  document.documentElement.lang = language.value;
  const t = phoneText.value;
  const { value: phone, fault, again } = useAnswer<Phone>("phone");
  useEffect(() => {
    document.addEventListener("keydown", onKeyDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown);
    };
  }, []);
  return (
    <div class="shell">
      <a class="skip" href="#main">
        {text.value.skipToContent}
      </a>
      {FRAMED ? null : (
        <header class="bar">
          <a class="brand" href="/">
            {t.toConsole}
          </a>
          <div class="preferences">
            <Preferences />
          </div>
        </header>
      )}
      <main id="main" tabIndex={-1}>
        <Page title={t.title} {...(FRAMED ? {} : { lead: t.lead })}>
          {phone === undefined ? <Waiting fault={fault} again={again} /> : <Telephone phone={phone} />}
        </Page>
      </main>
    </div>
  );
}

function Telephone({ phone }: { readonly phone: Phone }): VNode {
  const t = phoneText.value;
  const [chosen, setChosen] = useState(phone.extensions[0]?.name ?? "");
  return (
    <div class="telephone">
      <section class="card" aria-label={t.line}>
        <LineForm phone={phone} chosen={chosen} onChosen={setChosen} />
        <CallPanel />
      </section>
      <div>
        <section class="card">
          <h2>{t.call}</h2>
          <DialForm dids={phone.dids} />
        </section>
        <section class="card">
          <h2>{t.log}</h2>
          <LogList />
        </section>
        <section class="card">
          <h2>{t.softphone}</h2>
          <SoftphoneAccount sip={phone.sip} name={chosen} />
        </section>
      </div>
    </div>
  );
}
