import type { VNode } from "preact";
import type { ClientDetail } from "../../../../src/console/contract/clients.js";
import { Page, Waiting } from "../../parts/page.js";
import { useAnswer } from "../../parts/use-answer.js";
import { clientsText } from "../../text/clients-text.js";
import { mayChangeClients } from "./may-change.js";
import { Enrollments } from "./enrollments.js";
import { Keys } from "./keys.js";
import { Settings } from "./settings.js";
import { Webhook } from "./webhook.js";

/** The parts of a client, by what stands behind its id in the address. */
const SECTIONS = ["", "settings", "webhook", "enrollments"] as const;
type Section = (typeof SECTIONS)[number];

/** One client: one of its sections at a time. */
export function ClientPage({ id, section }: { readonly id: string; readonly section: string }): VNode {
  const t = clientsText.value;
  const client = useAnswer<ClientDetail>(`clients/${id}`);
  if (client.value === undefined) {
    return (
      <Page title={t.title}>
        <Waiting fault={client.fault} again={client.again} />
      </Page>
    );
  }
  const shown = SECTIONS.find((one) => one === section) ?? "";
  const mayChange = mayChangeClients();
  const names: Readonly<Record<Section, string>> = {
    "": t.keys,
    settings: t.settings,
    webhook: t.webhook,
    enrollments: t.enrollments,
  };
  return (
    <Page title={client.value.name} {...(mayChange ? {} : { lead: t.onlyAdmins })}>
      <nav class="tabs" aria-label={t.sections}>
        <ul>
          {SECTIONS.map((one) => (
            <li key={one}>
              <a
                href={`/clients/${id}${one === "" ? "" : `/${one}`}`}
                {...(one === shown ? { "aria-current": "page" as const } : {})}
              >
                {names[one]}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {shown === "" ? <Keys id={id} mayChange={mayChange} /> : null}
      {shown === "settings" ? <Settings client={client.value} mayChange={mayChange} /> : null}
      {shown === "webhook" ? <Webhook id={id} mayChange={mayChange} /> : null}
      {shown === "enrollments" ? <Enrollments id={id} mayChange={mayChange} /> : null}
    </Page>
  );
}
