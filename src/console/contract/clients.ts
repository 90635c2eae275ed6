import { z } from "zod";
import { timeSchema } from "../../representation/time.js";

export const newClientSchema = z.strictObject({ name: z.string().trim().min(1).max(64) });

const clientSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  created_at: timeSchema,
  /** Keys that are good at this moment. */
  live_keys: z.int(),
  webhook: z.enum(["none", "enabled", "disabled"]),
});
export const clientListSchema = z.strictObject({ clients: z.array(clientSchema) });
export type ClientList = z.output<typeof clientListSchema>;
export const madeClientSchema = clientSchema;
export type MadeClient = z.output<typeof madeClientSchema>;

/** As which kind of input a setting is shown; `choices`: several of its options, `choice`: one of them. */
const SETTING_KINDS = ["text", "list", "whole", "choice", "choices"] as const;

const settingSchema = z.strictObject({
  key: z.string(),
  kind: z.enum(SETTING_KINDS),
  options: z.array(z.string()),
  /** As it is written: lists with commas. Empty: not set. */
  value: z.string(),
  /** What holds where it is not set; empty: what its meaning says. */
  by_default: z.string(),
});
export type ShownSetting = z.output<typeof settingSchema>;

export const clientDetailSchema = clientSchema.extend({
  settings: z.array(settingSchema),
  /** As they would be sent with these settings; none where there is no gateway for SMS. */
  messages: z.array(
    z.strictObject({ locale: z.enum(["ja", "en"]), text: z.string(), parts: z.int(), price_yen: z.number() }),
  ),
  /** DIDs of its own, the first its default. */
  dids: z.array(z.string()),
  /** All of the service. */
  service_dids: z.array(z.string()),
});
export type ClientDetail = z.output<typeof clientDetailSchema>;

/** Those that change alone; an empty text takes a setting back to its default. */
export const changeSettingsSchema = z.strictObject({
  settings: z.record(z.string().max(64), z.string().max(8_000)).default({}),
  dids: z.array(z.string().max(32)).max(100).optional(),
  /** Those that change as they were shown: where one is otherwise by now, nothing is changed. */
  was: z
    .strictObject({
      settings: z.record(z.string().max(64), z.string().max(8_000)),
      dids: z.array(z.string().max(32)).max(100).optional(),
    })
    .optional(),
});

export const keyListSchema = z.strictObject({
  keys: z.array(
    z.strictObject({
      id: z.string(),
      label: z.string(),
      created_at: timeSchema,
      expires_at: timeSchema.nullable(),
      revoked_at: timeSchema.nullable(),
      state: z.enum(["live", "expired", "revoked"]),
    }),
  ),
});
export type KeyList = z.output<typeof keyListSchema>;
export type ShownKey = KeyList["keys"][number];

/** When a key ends: at a time, in so many days, or (null) when it is revoked. */
const keyEnd = {
  expires_at: z.iso.datetime({ offset: true }).nullable().optional(),
  expires_in_days: z.int().min(1).max(3_650).optional(),
};
const oneEnd = (end: { expires_at?: unknown; expires_in_days?: unknown }): boolean =>
  (end.expires_at === undefined) !== (end.expires_in_days === undefined);
const ONE_END = "expires_at or expires_in_days, one of the two";
/** Of a key: one line of text. */
const label = z
  .string()
  .trim()
  .max(64)
  .regex(/^\P{Cc}*$/u, "no control characters");
export const newKeySchema = z.strictObject({ label, ...keyEnd }).refine(oneEnd, ONE_END);
/** A new key in the place of one that goes on for so long. */
export const replaceKeySchema = z.strictObject({
  label,
  old_ends_in_days: z.int().min(1).max(365),
});
export const keyEndSchema = z.strictObject(keyEnd).refine(oneEnd, ONE_END);
/** Shown once. */
export const issuedKeySchema = z.strictObject({
  id: z.string(),
  key: z.string(),
  expires_at: timeSchema.nullable(),
});
export type IssuedKey = z.output<typeof issuedKeySchema>;

export const webhookSchema = z.strictObject({
  webhook: z
    .strictObject({
      /** Without path and query for those who may not change it. */
      url: z.string(),
      enabled: z.boolean(),
      disabled_at: timeSchema.nullable(),
      disabled_why: z.string().nullable(),
      previous_secret_until: timeSchema.nullable(),
      pending: z.int(),
      failed: z.int(),
    })
    .nullable(),
});
export type ShownWebhook = z.output<typeof webhookSchema>["webhook"];
export type WebhookAnswer = z.output<typeof webhookSchema>;

export const setWebhookSchema = z.strictObject({ url: z.string().trim().min(1).max(2_048) });
export const rotateWebhookSchema = z.strictObject({ overlap_hours: z.number().min(0).max(720) });
/** The secret is shown once; null: there was one before, and it stays. */
export const webhookSecretSchema = z.strictObject({
  secret: z.string().nullable(),
  previous_secret_until: timeSchema.nullable(),
});
export type WebhookSecret = z.output<typeof webhookSecretSchema>;

/** What a receiver answered to a test. */
export const webhookTestSchema = z.strictObject({
  status: z.int().nullable(),
  /** A stable word; null: delivered. */
  error: z.string().nullable(),
});
export type WebhookTest = z.output<typeof webhookTestSchema>;

export const redeliveredSchema = z.strictObject({ redelivered: z.int() });
export type Redelivered = z.output<typeof redeliveredSchema>;
