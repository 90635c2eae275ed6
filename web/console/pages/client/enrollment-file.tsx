import type { VNode } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import type { CheckedFile, EnrollmentImport } from "../../../../src/console/contract/client-enrollments.js";
import { ask } from "../../api.js";
import { Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { CSV_FAULTS, enrollmentsText } from "../../text/client-enrollments-text.js";

const ASK_AGAIN_MS = 500;

/** A file of numbers: looked at whole, then enrolled while one watches. */
export function EnrollmentFile({
  id,
  onTaken,
}: {
  readonly id: string;
  readonly onTaken: () => void;
}): VNode {
  const t = enrollmentsText.value;
  const [file, setFile] = useState<File | null>(null);
  const [checked, setChecked] = useState<CheckedFile | null>(null);
  /** Lines that have been read, where looking at the file takes longer. */
  const [read, setRead] = useState<number | null>(null);
  const input = useId();
  const check = useAction(async () => {
    if (file === null) return;
    setChecked(null);
    setRead(null);
    const path = `clients/${id}/enrollment-files`;
    let answer = await ask<CheckedFile>("POST", path, file);
    // Each question waits a while for its answer, so nothing waits here.
    while (answer.checking !== null) {
      setRead(answer.checking.lines);
      answer = await ask<CheckedFile>("GET", `${path}/${answer.checking.id}/check`);
    }
    setChecked(answer);
  });
  return (
    <section class="card" aria-labelledby="file">
      <h2 id="file">{t.file}</h2>
      <p class="muted">{t.fileMeans}</p>
      <p class="muted">
        <code>phone_number,id,pin,dids,expires_at,locale</code>
        <br />
        {t.fileColumns}
      </p>
      {check.fault === null ? null : <Notice>{check.fault}</Notice>}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          check.act();
        }}
      >
        <p class="field">
          <label for={input}>{t.fileChoose}</label>
          <input
            id={input}
            type="file"
            accept=".csv,text/csv"
            onChange={(event) => {
              setFile(event.currentTarget.files?.[0] ?? null);
              setChecked(null);
            }}
          />
        </p>
        <p class="actions">
          <button type="submit" class="secondary" disabled={file === null || check.busy}>
            {t.fileCheck}
          </button>
        </p>
      </form>
      {check.busy && read !== null ? <p role="status">{t.fileChecking(read)}</p> : null}
      {checked === null ? null : checked.import === null ? (
        <Problems of={checked} />
      ) : (
        <Taking key={checked.import.id} id={id} first={checked.import} onTaken={onTaken} />
      )}
    </section>
  );
}

function Problems({ of }: { readonly of: CheckedFile }): VNode {
  const t = enrollmentsText.value;
  return (
    <>
      <Notice>{t.fileWrong(of.problem_count)}</Notice>
      {of.problems.length < of.problem_count ? <p>{t.fileFirst(of.problems.length)}</p> : null}
      <div class="scroll" role="region" aria-label={t.reason} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.line}</th>
              <th scope="col">{t.reason}</th>
            </tr>
          </thead>
          <tbody>
            {of.problems.map(({ line, reason }) => (
              <tr key={`${line ?? ""} ${reason}`}>
                <th scope="row" class="number">
                  {line ?? t.wholeFile}
                </th>
                <td>{CSV_FAULTS.value[reason]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Taking({
  id,
  first,
  onTaken,
}: {
  readonly id: string;
  readonly first: EnrollmentImport;
  readonly onTaken: () => void;
}): VNode {
  const t = enrollmentsText.value;
  const [now, setNow] = useState(first);
  const path = `clients/${id}/enrollment-files/${first.id}`;
  const start = useAction(async () => {
    setNow(await ask<EnrollmentImport>("POST", `${path}/start`, {}));
  });
  const look = useAction(async () => {
    const looked = await ask<EnrollmentImport>("GET", path);
    setNow(looked);
    if (looked.state === "done" || looked.state === "failed") onTaken();
  });
  useEffect(() => {
    if (now.state !== "running") return;
    const timer = setTimeout(look.act, ASK_AGAIN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [now, look.fault]);
  const fault = start.fault ?? look.fault;
  return (
    <>
      {fault === null ? null : <Notice>{fault}</Notice>}
      {now.state === "checked" ? (
        <>
          <Notice kind="good">{t.fileGood(now.total, now.with_pin)}</Notice>
          <p class="actions">
            <button type="button" disabled={start.busy} onClick={start.act}>
              {t.fileStart}
            </button>
          </p>
        </>
      ) : null}
      {now.state === "running" ? (
        <p>
          <label>
            {t.fileRunning(now.done, now.total)} <progress max={now.total} value={now.done} />
          </label>
        </p>
      ) : null}
      {now.state === "done" ? <Notice kind="good">{t.fileDone(now.created, now.already)}</Notice> : null}
      {now.state === "failed" ? <Notice>{t.fileFailed(now.created)}</Notice> : null}
      {now.conflicts.length === 0 ? null : <Notice>{t.fileConflicts(now.conflicts.join(", "))}</Notice>}
    </>
  );
}
