import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { AuditPage as Answer } from "../../../src/console/contract/accounts.js";
import { ask } from "../api.js";
import { Notice } from "../parts/field.js";
import { Page } from "../parts/page.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { ACTS, auditText } from "../text/audit-text.js";
import { text } from "../text/text.js";

export function AuditPage(): VNode {
  const t = text.value;
  const own = auditText.value;
  const [lines, setLines] = useState<Answer["lines"]>([]);
  const [before, setBefore] = useState<number | null>(null);
  const load = useAction(async (from: number | null) => {
    const page = await ask<Answer>("GET", from === null ? "audit" : `audit?before=${from}`);
    setLines((shown) => (from === null ? page.lines : [...shown, ...page.lines]));
    setBefore(page.next_before);
  });
  useEffect(() => {
    load.act(null);
  }, []);
  return (
    <Page title={own.auditTitle} lead={own.auditMeans}>
      {load.fault === null ? null : <Notice>{load.fault}</Notice>}
      <div class="card">
        <div class="scroll" role="region" aria-label={own.auditTitle} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.when}</th>
                <th scope="col">{t.who}</th>
                <th scope="col">{t.address}</th>
                <th scope="col">{t.act}</th>
                <th scope="col">{t.target}</th>
                <th scope="col">{own.details}</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={line.seq}>
                  <td>
                    <Time at={line.at} />
                  </td>
                  <td>{line.actor}</td>
                  <td class="number">{line.address}</td>
                  <td>{ACTS.value[line.act]}</td>
                  <td>{line.target}</td>
                  <td class="long">
                    {Object.entries(line.details)
                      .map(([name, value]) => `${name}: ${value}`)
                      .join(", ")}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {before === null ? null : (
          <p class="actions">
            <button
              type="button"
              class="secondary"
              disabled={load.busy}
              onClick={() => {
                load.act(before);
              }}
            >
              {t.more}
            </button>
          </p>
        )}
      </div>
    </Page>
  );
}
