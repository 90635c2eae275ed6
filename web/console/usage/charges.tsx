import type { VNode } from "preact";
import type { Usage } from "../../../src/console/contract/usage.js";
import { usageText } from "../text/usage-text.js";
import { amount, yen } from "./amounts.js";

type Client = Usage["clients"][number];

/** What each client is charged, and below it why. */
export function Charges({ usage }: { readonly usage: Usage }): VNode {
  const t = usageText.value;
  const isProjected = usage.projected_total !== null;
  return (
    <section class="card">
      <h2>{t.byClient}</h2>
      {usage.clients.length === 0 ? <p>{t.noClients}</p> : null}
      <div class="scroll" role="region" aria-label={t.byClient} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.client}</th>
              <th scope="col" class="amount">
                {t.amount}
              </th>
              {isProjected ? (
                <th scope="col" class="amount">
                  {t.projected}
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {usage.clients.map(({ id, name, statement, projected_total }) => (
              <tr key={id}>
                <th scope="row">{name}</th>
                <td class="amount number">{yen(statement.total)}</td>
                {isProjected ? <td class="amount number">{yen(projected_total ?? 0)}</td> : null}
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t.all}</th>
              <td class="amount number">{yen(usage.total)}</td>
              {isProjected ? <td class="amount number">{yen(usage.projected_total ?? 0)}</td> : null}
            </tr>
          </tfoot>
        </table>
      </div>
      {usage.clients.map((client) => (
        <Details key={client.id} client={client} />
      ))}
    </section>
  );
}

function Details({ client: { name, statement } }: { readonly client: Client }): VNode {
  const t = usageText.value;
  return (
    <details>
      <summary>{t.details(name)}</summary>
      {statement.lines.length === 0 ? (
        <p class="muted">{t.nothing}</p>
      ) : (
        <div class="scroll" role="region" aria-label={t.details(name)} tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t.service}</th>
                <th scope="col">{t.item}</th>
                <th scope="col">{t.lineType}</th>
                {[t.units, t.seconds, t.price, t.amount].map((label) => (
                  <th key={label} scope="col" class="amount">
                    {label}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {statement.lines.map((line) => (
                <tr key={`${line.service} ${line.item} ${line.line_type ?? ""}`}>
                  <td>{t[line.service]}</td>
                  <td>{t[line.item]}</td>
                  <td>{line.line_type === null ? "—" : t[line.line_type]}</td>
                  <td class="amount number">{amount(line.units)}</td>
                  <td class="amount number">{line.seconds === null ? "—" : amount(line.seconds)}</td>
                  <td class="amount number">{yen(line.price, 3)}</td>
                  <td class="amount number">{yen(line.amount, 3)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </details>
  );
}
