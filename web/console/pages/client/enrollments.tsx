import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { EnrollmentPage, ShownEnrollment } from "../../../../src/console/contract/client-enrollments.js";
import { ask } from "../../api.js";
import { Confirm } from "../../parts/dialog.js";
import { Field, Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { useWrongFields } from "../../parts/wrong-fields.js";
import { enrollmentsText } from "../../text/client-enrollments-text.js";
import { clientsText } from "../../text/clients-text.js";
import { text } from "../../text/text.js";
import { EnrollmentFile } from "./enrollment-file.js";
import { EnrollmentTable } from "./enrollment-table.js";
import { Enroll } from "./enroll.js";

interface Sought {
  readonly number: string;
  readonly id: string;
}

const EVERYBODY: Sought = { number: "", id: "" };

export function Enrollments({ id, mayChange }: { readonly id: string; readonly mayChange: boolean }): VNode {
  const t = enrollmentsText.value;
  const [typed, setTyped] = useState(EVERYBODY);
  /** What the rows that are shown were found by: more of them are found by the same, whatever is typed meanwhile. */
  const [sought, setSought] = useState(EVERYBODY);
  const [shown, setShown] = useState<readonly ShownEnrollment[] | null>(null);
  const [before, setBefore] = useState<number | null>(null);
  const [adding, setAdding] = useState(false);
  const [leaving, setLeaving] = useState<ShownEnrollment | null>(null);
  const { isWrong, naming } = useWrongFields();
  const load = useAction(({ number, id: enrollment }: Sought, from: number | null) =>
    naming(async () => {
      const page = await ask<EnrollmentPage>("POST", `clients/${id}/enrollments/search`, {
        ...(number === "" ? {} : { phone_number: number }),
        ...(enrollment === "" ? {} : { id: enrollment }),
        ...(from === null ? {} : { before: from }),
      });
      setShown((earlier) => [...(from === null ? [] : (earlier ?? [])), ...page.enrollments]);
      setBefore(page.next_before);
      setSought({ number, id: enrollment });
    }),
  );
  const again = (): void => {
    load.act(sought, null);
  };
  useEffect(again, []);
  const end = useAction(async (one: ShownEnrollment) => {
    await ask("DELETE", `clients/${id}/enrollments/${one.id}`);
    setLeaving(null);
    setShown((earlier) => earlier?.filter((other) => other.id !== one.id) ?? null);
  });
  return (
    <>
      <section class="card" aria-labelledby="enrollments">
        <div class="section-head">
          <h2 id="enrollments">{clientsText.value.enrollments}</h2>
          {mayChange ? (
            <button
              type="button"
              onClick={() => {
                setAdding(true);
              }}
            >
              {t.add}
            </button>
          ) : null}
        </div>
        <p class="muted">{t.means}</p>
        <form
          role="search"
          class="columns"
          onSubmit={(event) => {
            event.preventDefault();
            load.act({ number: typed.number.trim(), id: typed.id.trim() }, null);
          }}
        >
          <Field
            label={t.number}
            type="tel"
            autocomplete="off"
            maxLength={64}
            fault={isWrong("phone_number") ? t.wrongNumber : null}
            value={typed.number}
            onValue={(number) => {
              setTyped({ ...typed, number });
            }}
          />
          <Field
            label={t.id}
            maxLength={64}
            value={typed.id}
            onValue={(one) => {
              setTyped({ ...typed, id: one });
            }}
          />
          <p class="actions bottom">
            <button type="submit" class="secondary" disabled={load.busy}>
              {t.search}
            </button>
          </p>
        </form>
        {load.fault === null ? null : <Notice>{load.fault}</Notice>}
        {shown === null ? null : shown.length === 0 ? (
          <p class="muted" role="status">
            {t.none}
          </p>
        ) : (
          <EnrollmentTable enrollments={shown} mayChange={mayChange} onEnd={setLeaving} />
        )}
        {before === null ? null : (
          <p class="actions">
            <button
              type="button"
              class="secondary"
              disabled={load.busy}
              onClick={() => {
                load.act(sought, before);
              }}
            >
              {text.value.more}
            </button>
          </p>
        )}
      </section>
      {mayChange ? <EnrollmentFile id={id} onTaken={again} /> : null}
      {adding ? (
        <Enroll
          id={id}
          onClose={() => {
            setAdding(false);
          }}
          onMade={() => {
            setAdding(false);
            again();
          }}
        />
      ) : null}
      {leaving === null ? null : (
        <Confirm
          title={t.end}
          question={t.endSure(leaving.number, leaving.id)}
          yes={t.end}
          busy={end.busy}
          fault={end.fault}
          onYes={() => {
            end.act(leaving);
          }}
          onClose={() => {
            setLeaving(null);
          }}
        />
      )}
    </>
  );
}
