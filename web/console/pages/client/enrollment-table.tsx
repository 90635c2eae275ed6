import type { VNode } from "preact";
import type { ShownEnrollment } from "../../../../src/console/contract/client-enrollments.js";
import { Time } from "../../parts/time.js";
import { enrollmentsText } from "../../text/client-enrollments-text.js";
import { clientsText } from "../../text/clients-text.js";
import { text } from "../../text/text.js";

export function EnrollmentTable({
  enrollments,
  mayChange,
  onEnd,
}: {
  readonly enrollments: readonly ShownEnrollment[];
  readonly mayChange: boolean;
  readonly onEnd: (one: ShownEnrollment) => void;
}): VNode {
  const t = enrollmentsText.value;
  return (
    <div class="scroll" role="group" aria-label={clientsText.value.enrollments} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.number}</th>
            <th scope="col">{t.id}</th>
            <th scope="col">{t.dids}</th>
            <th scope="col">{t.pin}</th>
            <th scope="col">{t.made}</th>
            <th scope="col">{t.expires}</th>
            <th scope="col">{t.lastUsed}</th>
            <th scope="col">
              <span class="unseen">{text.value.act}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {enrollments.map((one) => (
            <tr key={one.id}>
              <th scope="row" class="number">
                {one.number}
              </th>
              <td>
                <code>{one.id}</code>
              </td>
              <td class="number">{one.dids === null ? t.didsAll : one.dids.join(", ")}</td>
              <td>
                <Pin of={one} />
              </td>
              <td>
                <Time at={one.created_at} />
              </td>
              <td>
                <Time at={one.expires_at} />
              </td>
              <td>
                <Time at={one.last_used_at} />
              </td>
              <td>
                {mayChange ? (
                  <button
                    type="button"
                    class="secondary small"
                    onClick={() => {
                      onEnd(one);
                    }}
                  >
                    {t.end}
                  </button>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Pin({ of }: { readonly of: ShownEnrollment }): VNode {
  const t = enrollmentsText.value;
  if (!of.has_pin) return <span class="muted">{text.value.none}</span>;
  if (of.pin_locked === null) return <span>{t.hasPin}</span>;
  return <span class="tag bad">{of.pin_locked === "all" ? t.pinLockedAll : t.pinLockedUnproved}</span>;
}
