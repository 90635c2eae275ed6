/**
 * What a code's hash is bound to: the client and its id of the verification; or, where the code is the
 * PIN of an enrollment, that enrollment, because the hash is made once and copied to each verification.
 */
export function codeSubject(row: {
  readonly client_id: string;
  readonly id: string;
  readonly enrollment_id?: string | null;
}): string {
  return typeof row.enrollment_id === "string"
    ? pinSubject({ client_id: row.client_id, id: row.enrollment_id })
    : `${row.client_id}/${row.id}`;
}

/** What a PIN's hash is bound to. Never equal to that of a code: no client's id is `enrollment`. */
export function pinSubject(enrollment: { readonly client_id: string; readonly id: string }): string {
  return `enrollment/${enrollment.client_id}/${enrollment.id}`;
}
