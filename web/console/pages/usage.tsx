import type { VNode } from "preact";
import type { Usage } from "../../../src/console/contract/usage.js";
import { Choice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { useAnswer } from "../parts/use-answer.js";
import { go, location_ } from "../router.js";
import { usageText } from "../text/usage-text.js";
import { yen } from "../usage/amounts.js";
import { Budgets } from "../usage/budgets.js";
import { Charges } from "../usage/charges.js";
import { TariffTable } from "../usage/tariff.js";

/** How far back months are offered; others are had by the address. */
const MONTHS = 24;

/** What was used in a month, what it costs and what it may come to. */
export function UsagePage(): VNode {
  const t = usageText.value;
  const asked = location_.value.query.get("month");
  const query = asked === null ? "" : `?month=${encodeURIComponent(asked)}`;
  const { value, fault, again } = useAnswer<Usage>(`usage${query}`);
  return (
    <Page title={t.title} lead={t.lead}>
      {value === undefined || fault !== null ? <Waiting fault={fault} again={again} /> : null}
      {value === undefined ? null : (
        <>
          <div class="card">
            <div class="columns">
              <Choice
                label={t.month}
                value={value.month}
                options={months(value)}
                onValue={(month) => {
                  go(`/usage?month=${month}`, { replace: true });
                }}
              />
              <Sum label={value.month === value.current_month ? t.soFar : t.total} amount={value.total} />
              {value.projected_total === null ? null : (
                <Sum label={t.projected} amount={value.projected_total} />
              )}
            </div>
            {value.month !== value.current_month ? null : (
              <p class="muted small">{value.projected_total === null ? t.tooEarly : t.projectedMeans}</p>
            )}
            <a
              class="button secondary"
              href={`/api/usage.csv?month=${value.month}`}
              download={`honnin-usage-${value.month}.csv`}
            >
              {t.csv}
            </a>
          </div>
          <Charges usage={value} />
          {value.budgets.length === 0 ? null : <Budgets budgets={value.budgets} />}
          <TariffTable tariff={value.tariff} />
        </>
      )}
    </Page>
  );
}

function Sum({ label, amount }: { readonly label: string; readonly amount: number }): VNode {
  return (
    <dl class="sum">
      <dt>{label}</dt>
      <dd class="number">{yen(amount)}</dd>
    </dl>
  );
}

/** From the current one back, and the one that is shown. */
function months({ month, current_month }: Usage): (readonly [string, string])[] {
  const [year = 0, nth = 1] = current_month.split("-").map(Number);
  const back = Array.from({ length: MONTHS }, (_, ago) =>
    new Date(Date.UTC(year, nth - 1 - ago, 1)).toISOString().slice(0, 7),
  );
  return (back.includes(month) ? back : [month, ...back]).map((one) => [one, one] as const);
}
