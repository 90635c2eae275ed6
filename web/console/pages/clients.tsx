import type { VNode } from "preact";
import { useState } from "preact/hooks";
import type { ClientList, MadeClient } from "../../../src/console/contract/clients.js";
import { ask } from "../api.js";
import { Dialog, FormActions } from "../parts/dialog.js";
import { Field, Notice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { useAnswer } from "../parts/use-answer.js";
import { useWrongFields } from "../parts/wrong-fields.js";
import { go } from "../router.js";
import { clientsText } from "../text/clients-text.js";
import { text } from "../text/text.js";
import { ClientPage } from "./client/client.js";
import { mayChangeClients } from "./client/may-change.js";
import { WebhookState } from "./client/webhook-state.js";

/** @param rest of the address: nothing, or a client's id and one of its sections. */
export function ClientsPage({ rest }: { readonly rest: string }): VNode {
  const [id = "", section = ""] = rest.split("/");
  return id === "" ? <List /> : <ClientPage id={id} section={section} />;
}

function List(): VNode {
  const t = clientsText.value;
  const list = useAnswer<ClientList>("clients");
  const [making, setMaking] = useState(false);
  const add = mayChangeClients() ? (
    <button
      type="button"
      onClick={() => {
        setMaking(true);
      }}
    >
      {t.make}
    </button>
  ) : undefined;
  return (
    <Page title={t.title} lead={t.lead} actions={add}>
      {list.value === undefined ? (
        <Waiting fault={list.fault} again={list.again} />
      ) : list.value.clients.length === 0 ? (
        <p class="muted">{t.noClients}</p>
      ) : (
        <Clients clients={list.value.clients} />
      )}
      {making ? (
        <Make
          onClose={() => {
            setMaking(false);
          }}
        />
      ) : null}
    </Page>
  );
}

function Clients({ clients }: { readonly clients: ClientList["clients"] }): VNode {
  const t = clientsText.value;
  return (
    <div class="card">
      <div class="scroll" role="region" aria-label={t.title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.clientName}</th>
              <th scope="col">{t.liveKeys}</th>
              <th scope="col">{t.webhook}</th>
              <th scope="col">{text.value.created}</th>
              <th scope="col">{t.id}</th>
            </tr>
          </thead>
          <tbody>
            {clients.map((one) => (
              <tr key={one.id}>
                <th scope="row">
                  <a href={`/clients/${one.id}`}>{one.name}</a>
                </th>
                <td class="number">{one.live_keys}</td>
                <td>
                  <WebhookState state={one.webhook} />
                </td>
                <td>
                  <Time at={one.created_at} />
                </td>
                <td>
                  <code>{one.id}</code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function Make({ onClose }: { readonly onClose: () => void }): VNode {
  const t = clientsText.value;
  const [name, setName] = useState("");
  const { isWrong, naming } = useWrongFields();
  const make = useAction(() =>
    naming(async () => {
      const made = await ask<MadeClient>("POST", "clients", { name });
      go(`/clients/${made.id}`);
    }),
  );
  return (
    <Dialog title={t.make} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          make.act();
        }}
      >
        {make.fault === null ? null : <Notice>{make.fault}</Notice>}
        <Field
          label={t.clientName}
          hint={t.clientNameHint}
          fault={isWrong("name") ? text.value.errInvalidRequest : null}
          required
          maxLength={64}
          value={name}
          onValue={setName}
        />
        <FormActions send={t.make} busy={make.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
