import { z } from "zod";
import { AUDITED } from "../../admins/audited.js";
import { ADMIN_ROLES } from "../../admins/role.js";
import { timeSchema } from "../../representation/time.js";

/** As people call themselves: no control characters, no blanks at the ends, which nobody sees in a list. */
export const adminNameSchema = z
  .string()
  .trim()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N} ._@+-]{0,63}$/u, "1 to 64 letters, digits, blanks or . _ @ + -");

const password = z.string().min(1).max(1024);
const code = z.string().min(1).max(32);
const token = z.string().min(1).max(128);

/** What a browser gives of WebAuthn; looked at by the library that judges it. */
const credential = z.looseObject({ id: z.string().max(1024) });

export const logInSchema = z.strictObject({ name: z.string().min(1).max(64), password, code });
export const passkeyLogInSchema = z.strictObject({ ticket: z.string().max(1024), credential });

export const linkSchema = z.strictObject({ token });
export const linkByPasswordSchema = z.strictObject({ token, name: adminNameSchema, password, code });
export const linkPasskeyOptionsSchema = z.strictObject({ token, name: adminNameSchema });
export const linkByPasskeySchema = z.strictObject({
  token,
  name: adminNameSchema,
  ticket: z.string().max(1024),
  credential,
});

/** Who is logged in. */
export const meSchema = z.strictObject({
  name: z.string(),
  role: z.enum(ADMIN_ROLES),
  session: z.strictObject({ id: z.string(), expires_at: timeSchema }),
  has_password: z.boolean(),
  recovery_codes_left: z.int(),
  version: z.string(),
  /** What stands beside the console on this listener, and whether this account may go there. */
  beside: z.strictObject({ phone: z.boolean(), demo: z.boolean() }),
});
export type Me = z.output<typeof meSchema>;

/** What somebody with a link is shown first. */
export const linkLookSchema = z.strictObject({
  purpose: z.enum(["first", "invitation", "reset"]),
  /** Fixed unless it is the first account. */
  name: z.string().nullable(),
  role: z.enum(ADMIN_ROLES),
  expires_at: timeSchema,
  /** For an authenticator app: as a QR code, and to be typed. */
  totp: z.strictObject({ uri: z.string(), secret: z.string() }),
  /** Whether the page's address has a host name, which passkeys need. */
  passkeys: z.boolean(),
});
export type LinkLook = z.output<typeof linkLookSchema>;

/** What is shown once, after an account was made or renewed. */
export const linkUsedSchema = z.strictObject({ name: z.string(), recovery_codes: z.array(z.string()) });
export type LinkUsed = z.output<typeof linkUsedSchema>;

/** What a browser is to ask its authenticators, and a ticket to bring back with their answer. */
export const challengeSchema = z.strictObject({ ticket: z.string(), options: z.looseObject({}) });

export const sessionListSchema = z.strictObject({
  sessions: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      role: z.enum(ADMIN_ROLES),
      created_at: timeSchema,
      last_seen_at: timeSchema,
      expires_at: timeSchema,
      address: z.string(),
      agent: z.string(),
      is_this: z.boolean(),
    }),
  ),
});
export type SessionList = z.output<typeof sessionListSchema>;

export const adminListSchema = z.strictObject({
  admins: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      role: z.enum(ADMIN_ROLES),
      created_at: timeSchema,
      disabled_at: timeSchema.nullable(),
      last_login_at: timeSchema.nullable(),
      by: z.array(z.enum(["password", "passkey"])),
    }),
  ),
});
export type AdminList = z.output<typeof adminListSchema>;

export const inviteSchema = z.strictObject({ name: adminNameSchema, role: z.enum(ADMIN_ROLES) });
export const changeAdminSchema = z
  .strictObject({ role: z.enum(ADMIN_ROLES), disabled: z.boolean() })
  .partial()
  .refine((change) => Object.keys(change).length === 1, "one change at a time");
/** A link that is shown once, for whoever it is meant for. */
export const issuedLinkSchema = z.strictObject({ url: z.string(), expires_at: timeSchema });
export type IssuedLink = z.output<typeof issuedLinkSchema>;

export const changePasswordSchema = z.strictObject({ password, code, new_password: password });
export const recoveryCodesSchema = z.strictObject({ recovery_codes: z.array(z.string()) });

export const passkeyListSchema = z.strictObject({
  passkeys: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string(),
      created_at: timeSchema,
      last_used_at: timeSchema.nullable(),
    }),
  ),
});
export type PasskeyList = z.output<typeof passkeyListSchema>;
export const addPasskeySchema = z.strictObject({
  ticket: z.string().max(1024),
  credential,
  label: z.string().trim().min(1).max(64),
});

export const auditPageSchema = z.strictObject({
  lines: z.array(
    z.strictObject({
      seq: z.int(),
      at: timeSchema,
      actor: z.string(),
      address: z.string(),
      act: z.enum(AUDITED),
      target: z.string(),
      details: z.record(z.string(), z.string()),
    }),
  ),
  next_before: z.int().nullable(),
});
export type AuditPage = z.output<typeof auditPageSchema>;
export const auditQuerySchema = z.strictObject({
  act: z.enum(AUDITED).optional(),
  before: z.coerce.number().int().positive().optional(),
});
