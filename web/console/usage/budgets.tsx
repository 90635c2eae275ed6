import type { VNode } from "preact";
import type { Usage } from "../../../src/console/contract/usage.js";
import { usageText } from "../text/usage-text.js";
import { amount, yen } from "./amounts.js";

/** How much is spent of the budgets of the day and the month: of all, and of each client. */
export function Budgets({ budgets }: Pick<Usage, "budgets">): VNode {
  const t = usageText.value;
  return (
    <section class="card">
      <h2>{t.budgets}</h2>
      <p class="muted small">{t.budgetsMean}</p>
      <div class="scroll" role="region" aria-label={t.budgets} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.client}</th>
              <th scope="col">{t.period}</th>
              {[t.spent, t.budget].map((label) => (
                <th key={label} scope="col" class="amount">
                  {label}
                </th>
              ))}
              <th scope="col">{t.share}</th>
              <th scope="col" class="amount">
                {t.atThisRate}
              </th>
            </tr>
          </thead>
          <tbody>
            {budgets.map((row) => (
              <Row key={`${row.client?.id ?? ""} ${row.period}`} row={row} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Row({ row }: { readonly row: Usage["budgets"][number] }): VNode {
  const t = usageText.value;
  const { client, period, of, budget, spent, projected } = row;
  const name = client?.name ?? t.everybody;
  const when = period === "day" ? t.day : t.monthOf;
  const share = budget === null ? null : (100 * spent) / budget;
  const isOver = projected !== null && budget !== null && projected > budget;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        {when}{" "}
        <time class="muted small number" dateTime={of}>
          {of}
        </time>
      </td>
      <td class="amount number">{yen(spent)}</td>
      <td class="amount number">
        {budget === null ? <span class="muted">{t.unbounded}</span> : yen(budget)}
      </td>
      <td>
        {share === null ? (
          "—"
        ) : (
          <>
            <meter
              min={0}
              max={100}
              low={50}
              high={80}
              optimum={0}
              value={Math.min(share, 100)}
              aria-label={`${name} ${when}`}
            />{" "}
            <span class="number small">{t.percent(amount(share, 1))}</span>
          </>
        )}
      </td>
      <td class="amount number">
        {projected === null ? "—" : isOver ? <span class="tag bad">{yen(projected)}</span> : yen(projected)}
      </td>
    </tr>
  );
}
