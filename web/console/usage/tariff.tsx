import type { VNode } from "preact";
import type { Usage } from "../../../src/console/contract/usage.js";
import { LINE_TYPES } from "../../../src/verification/phone-number.js";
import { usageText } from "../text/usage-text.js";
import { amount, yen } from "./amounts.js";

/** The prices by which charges and budgets are reckoned. */
export function TariffTable({ tariff }: Pick<Usage, "tariff">): VNode {
  const t = usageText.value;
  const { inbound, outbound, sms } = tariff;
  const { cost } = outbound;
  const rows = [
    { name: t.inbound, base: inbound, price: yen(inbound.per_unit, 3) },
    ...LINE_TYPES.map((type, nth) => ({
      name: `${t.outbound} ${t[type]}`,
      base: nth === 0 ? outbound : null,
      price: yen(outbound.per_unit[type], 3),
    })),
    { name: t.sms, base: sms, price: yen(sms.per_unit, 3) },
  ];
  return (
    <section class="card">
      <h2>{t.tariff}</h2>
      <p class="muted small">{t.tariffMean}</p>
      <div class="scroll" role="region" aria-label={t.tariff} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.service}</th>
              {[t.monthlyBase, t.includedUnits, t.perUnit].map((label) => (
                <th key={label} scope="col" class="amount">
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ name, base, price }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td class="amount number">{base === null ? "〃" : yen(base.monthly_base)}</td>
                <td class="amount number">{base === null ? "〃" : amount(base.included)}</td>
                <td class="amount number">{price}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {cost === undefined ? null : (
        <>
          <h3>{t.cost}</h3>
          <ul>
            {LINE_TYPES.map((type) => {
              const { per_call, per_step, step_seconds } = cost[type];
              return (
                <li key={type}>
                  {t[type]}: {t.costOf(yen(per_call, 3), yen(per_step, 3), step_seconds)}
                </li>
              );
            })}
          </ul>
        </>
      )}
    </section>
  );
}
