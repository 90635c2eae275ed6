import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mayAs } from "../../../src/admins/role.js";
import type {
  ClientChoice,
  ExportAsked,
  Found,
  VerificationInShort,
} from "../../../src/console/contract/verifications.js";
import { ApiError, ask, askFile, keepFile } from "../api.js";
import { Notice } from "../parts/field.js";
import { Page } from "../parts/page.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { useAnswer } from "../parts/use-answer.js";
import { me } from "../session.js";
import { language, text } from "../text/text.js";
import { verificationsText } from "../text/verifications-text.js";
import { DIRECTION_WORDS, METHOD_WORDS } from "../text/verification-words.js";
import { SearchForm } from "../verifications/search-form.js";
import { asked, wanted, type Wanted } from "../verifications/searched.js";
import { StatusTag } from "../verifications/status-tag.js";

/** What is shown: the pages of one search so far. */
interface Shown {
  readonly lines: readonly VerificationInShort[];
  readonly next: string | null;
}

export function VerificationsPage(): VNode {
  const own = verificationsText.value;
  const clients = useAnswer<ClientChoice>("verifications/clients");
  const [shown, setShown] = useState<Shown | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  const load = useAction(async (search: Wanted, cursor: string | null) => {
    setWrong(null);
    const body = { ...asked(search), ...(cursor === null ? {} : { cursor }) };
    const page = await ask<Found>("POST", "verifications/search", body).catch((error: unknown) => {
      if (!(error instanceof ApiError) || !error.fields.includes("number")) throw error;
      setWrong(own.numberWrong);
      return { verifications: [], next_cursor: null };
    });
    setShown((before) => ({
      lines: cursor === null ? page.verifications : [...(before?.lines ?? []), ...page.verifications],
      next: page.next_cursor,
    }));
  });
  useEffect(() => {
    load.act(wanted.value, null);
  }, []);
  return (
    <Page title={text.value.navVerifications} lead={own.lead}>
      {clients.value === undefined ? null : (
        <SearchForm
          first={wanted.value}
          clients={clients.value.clients}
          busy={load.busy}
          onSearch={(search) => {
            wanted.value = search;
            load.act(search, null);
          }}
        />
      )}
      {load.fault === null ? null : <Notice>{load.fault}</Notice>}
      {wrong === null ? null : <Notice>{wrong}</Notice>}
      {shown === null || wrong !== null ? null : (
        <div class="card">
          <div class="actions list-head">
            <p role="status">
              {shown.lines.length === 0
                ? own.noneFound
                : (shown.next === null ? own.shownAll : own.shown)(shown.lines.length)}
            </p>
            <Export empty={shown.lines.length === 0} />
          </div>
          {shown.lines.length === 0 ? null : <Lines lines={shown.lines} />}
          {shown.next === null ? null : (
            <p class="actions">
              <button
                type="button"
                class="secondary"
                disabled={load.busy}
                onClick={() => {
                  load.act(wanted.value, shown.next);
                }}
              >
                {text.value.more}
              </button>
            </p>
          )}
        </div>
      )}
    </Page>
  );
}

function Lines({ lines }: { readonly lines: readonly VerificationInShort[] }): VNode {
  const own = verificationsText.value;
  return (
    <div class="scroll" role="region" aria-label={text.value.navVerifications} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{own.registered}</th>
            <th scope="col">{own.number}</th>
            <th scope="col">{own.status}</th>
            <th scope="col">{own.id}</th>
            <th scope="col">{own.client}</th>
            <th scope="col">{own.direction}</th>
            <th scope="col">{own.method}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((one) => (
            <tr key={`${one.client.id}/${one.id}`}>
              <td>
                <Time at={one.created_at} />
              </td>
              <td class="number">{one.number}</td>
              <td>
                <StatusTag of={one} />
              </td>
              <th scope="row" class="id">
                <a href={`/verifications/${one.client.id}/${one.id}`}>{one.id}</a>
              </th>
              <td>{one.client.name}</td>
              <td>{DIRECTION_WORDS.value[one.direction]}</td>
              <td>{METHOD_WORDS.value[one.method]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Export({ empty }: { readonly empty: boolean }): VNode | null {
  const own = verificationsText.value;
  const save = useAction(async () => {
    const body: ExportAsked = {
      ...asked(wanted.value),
      language: language.value,
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    const name = `verifications-${new Date().toISOString().slice(0, 10)}.csv`;
    keepFile(await askFile("verifications/export", body), name);
  });
  if (me.value === null || me.value === undefined || !mayAs(me.value.role, "operator")) return null;
  return (
    <>
      <button
        type="button"
        class="secondary small"
        disabled={save.busy || empty}
        title={own.exportMeans}
        onClick={() => {
          save.act();
        }}
      >
        {save.busy ? own.exporting : own.exportCsv}
      </button>
      {save.fault === null ? null : <Notice>{save.fault}</Notice>}
    </>
  );
}
