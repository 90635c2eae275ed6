import type { VNode } from "preact";
import { useEffect } from "preact/hooks";
import { mayAs } from "../../../src/admins/role.js";
import type {
  ClientChoice,
  ExportAsked,
  VerificationInShort,
} from "../../../src/console/contract/verifications.js";
import { askFile, keepFile } from "../api.js";
import { Notice } from "../parts/field.js";
import { Page } from "../parts/page.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { useAnswer } from "../parts/use-answer.js";
import { go, location_ } from "../router.js";
import { me } from "../session.js";
import { language, text } from "../text/text.js";
import { verificationsText } from "../text/verifications-text.js";
import { DIRECTION_WORDS, METHOD_WORDS } from "../text/verification-words.js";
import { SearchForm } from "../verifications/search-form.js";
import { asked, wanted, wantedOf } from "../verifications/searched.js";
import { StatusTag } from "../verifications/status-tag.js";
import { type Shown, useSearch } from "../verifications/use-search.js";

export function VerificationsPage(): VNode {
  const own = verificationsText.value;
  const clients = useAnswer<ClientChoice>("verifications/clients");
  const { path, query } = location_.value;
  const asking = query.toString();
  const search = useSearch();
  const { shown, busy } = search;
  useEffect(() => {
    if (asking !== "") wanted.value = wantedOf(query);
    search.begin(wanted.value);
  }, [asking]);
  return (
    <Page title={text.value.navVerifications} lead={own.lead}>
      {clients.value === undefined ? null : (
        <SearchForm
          first={wanted.value}
          clients={clients.value.clients}
          busy={busy}
          onSearch={(typed) => {
            wanted.value = typed;
            // The address no longer says what is looked for; without its question the search begins by itself.
            if (asking === "") search.begin(typed);
            else go(path, { replace: true });
          }}
        />
      )}
      {search.fault === null ? null : <Notice>{search.fault}</Notice>}
      {search.isNumberWrong ? <Notice>{own.numberWrong}</Notice> : null}
      {shown === null ? null : (
        <div class="card">
          <div class="actions list-head">
            <p role="status">
              {shown.lines.length === 0
                ? own.noneFound
                : (shown.next === null ? own.shownAll : own.shown)(shown.lines.length)}
            </p>
            <Export of={shown} />
          </div>
          {shown.lines.length === 0 ? null : <Lines lines={shown.lines} />}
          {shown.next === null ? null : (
            <p class="actions">
              <button type="button" class="secondary" disabled={busy} onClick={search.more}>
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

/** All that fits the search whose pages are shown. */
function Export({ of: { search, lines } }: { readonly of: Shown }): VNode | null {
  const own = verificationsText.value;
  const save = useAction(async () => {
    const body: ExportAsked = {
      ...asked(search),
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
        disabled={save.busy || lines.length === 0}
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
