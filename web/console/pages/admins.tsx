import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { ADMIN_ROLES, type AdminRole } from "../../../src/admins/role.js";
import type { AdminList, IssuedLink } from "../../../src/console/contract/accounts.js";
import { ask } from "../api.js";
import { CopyButton } from "../parts/copy-button.js";
import { Confirm, Dialog, FormActions } from "../parts/dialog.js";
import { Choice, Field, Notice } from "../parts/field.js";
import { Page, Waiting } from "../parts/page.js";
import { Time } from "../parts/time.js";
import { useAction } from "../parts/use-action.js";
import { useAnswer } from "../parts/use-answer.js";
import { roleMeaning, roleText } from "../role-text.js";
import { me } from "../session.js";
import { text } from "../text/text.js";

type Admin = AdminList["admins"][number];

export function AdminsPage(): VNode {
  const t = text.value;
  const list = useAnswer<AdminList>("admins");
  const [inviting, setInviting] = useState(false);
  const [issued, setIssued] = useState<IssuedLink | null>(null);
  return (
    <Page
      title={t.adminsTitle}
      actions={
        <button
          type="button"
          onClick={() => {
            setInviting(true);
          }}
        >
          {t.invite}
        </button>
      }
    >
      {list.value === undefined ? (
        <Waiting fault={list.fault} again={list.again} />
      ) : (
        <Accounts admins={list.value.admins} onChange={list.again} onIssued={setIssued} />
      )}
      {inviting ? (
        <Invite
          onIssued={(link) => {
            setInviting(false);
            setIssued(link);
          }}
          onClose={() => {
            setInviting(false);
          }}
        />
      ) : null}
      {issued === null ? null : (
        <Dialog
          title={t.linkIssued}
          onClose={() => {
            setIssued(null);
          }}
        >
          <p>{t.inviteMeans}</p>
          <p>
            <code class="secret">{issued.url}</code> <CopyButton value={issued.url} />
          </p>
          <p class="muted small">{t.linkOnce}</p>
        </Dialog>
      )}
    </Page>
  );
}

function Accounts({
  admins,
  onChange,
  onIssued,
}: {
  readonly admins: readonly Admin[];
  readonly onChange: () => void;
  readonly onIssued: (link: IssuedLink) => void;
}): VNode {
  const t = text.value;
  const [asked, setAsked] = useState<{ readonly what: "disable" | "reset"; readonly of: Admin } | null>(null);
  const change = useAction(async (id: string, to: { role: AdminRole } | { disabled: boolean }) => {
    await ask("PATCH", `admins/${id}`, to);
    setAsked(null);
    onChange();
  });
  const reset = useAction(async (id: string) => {
    const link = await ask<IssuedLink>("POST", `admins/${id}/reset`, {});
    setAsked(null);
    onIssued(link);
    onChange();
  });
  return (
    <div class="card">
      {change.fault === null ? null : <Notice>{change.fault}</Notice>}
      <div class="scroll" role="region" aria-label={t.adminsTitle} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t.name}</th>
              <th scope="col">{t.role}</th>
              <th scope="col">{t.waysIn}</th>
              <th scope="col">{t.lastLogIn}</th>
              <th scope="col">{t.state}</th>
              <th scope="col">
                <span class="unseen">{t.act}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {admins.map((one) => (
              <tr key={one.id}>
                <th scope="row">{one.name}</th>
                <td>
                  <select
                    aria-label={`${t.role}: ${one.name}`}
                    disabled={change.busy}
                    value={one.role}
                    onChange={(event) => {
                      change.act(one.id, { role: event.currentTarget.value as AdminRole });
                    }}
                  >
                    {ADMIN_ROLES.map((role) => (
                      <option key={role} value={role} selected={role === one.role}>
                        {roleText(role)}
                      </option>
                    ))}
                  </select>
                </td>
                <td>
                  {one.by.map((way) => (way === "password" ? t.wayPassword : t.wayPasskey)).join("、") ||
                    t.wayNone}
                </td>
                <td>
                  <Time at={one.last_login_at} empty={t.never} />
                </td>
                <td>{one.disabled_at === null ? t.active : <span class="tag bad">{t.disabled}</span>}</td>
                <td>
                  <div class="actions">
                    {one.disabled_at === null ? (
                      <button
                        type="button"
                        class="secondary small"
                        onClick={() => {
                          setAsked({ what: "disable", of: one });
                        }}
                      >
                        {t.disable}
                      </button>
                    ) : (
                      <button
                        type="button"
                        class="secondary small"
                        onClick={() => {
                          change.act(one.id, { disabled: false });
                        }}
                      >
                        {t.enable}
                      </button>
                    )}
                    {one.name === me.value?.name ? null : (
                      <button
                        type="button"
                        class="secondary small"
                        onClick={() => {
                          setAsked({ what: "reset", of: one });
                        }}
                      >
                        {t.reset}
                      </button>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {asked === null ? null : (
        <Confirm
          title={asked.of.name}
          question={asked.what === "disable" ? t.disableSure(asked.of.name) : t.resetSure(asked.of.name)}
          yes={asked.what === "disable" ? t.disable : t.reset}
          busy={change.busy || reset.busy}
          fault={asked.what === "disable" ? change.fault : reset.fault}
          onYes={() => {
            if (asked.what === "disable") change.act(asked.of.id, { disabled: true });
            else reset.act(asked.of.id);
          }}
          onClose={() => {
            setAsked(null);
          }}
        />
      )}
    </div>
  );
}

function Invite({
  onIssued,
  onClose,
}: {
  readonly onIssued: (link: IssuedLink) => void;
  readonly onClose: () => void;
}): VNode {
  const t = text.value;
  const [name, setName] = useState("");
  const [role, setRole] = useState<AdminRole>("viewer");
  const invite = useAction(async () => {
    onIssued(await ask<IssuedLink>("POST", "admins", { name, role }));
  });
  return (
    <Dialog title={t.invite} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          invite.act();
        }}
      >
        <p class="muted">{t.inviteMeans}</p>
        {invite.fault === null ? null : <Notice>{invite.fault}</Notice>}
        <Field label={t.name} required maxLength={64} value={name} onValue={setName} />
        <Choice
          label={t.role}
          value={role}
          options={ADMIN_ROLES.map((one) => [one, roleText(one)])}
          onValue={setRole}
        />
        <p class="muted small">{roleMeaning(role)}</p>
        <FormActions send={t.invite} busy={invite.busy} onClose={onClose} />
      </form>
    </Dialog>
  );
}
