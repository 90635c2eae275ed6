import { z } from "zod";
import { PROMPT_REFUSALS } from "../../prompts/prompt-refusal.js";
import { timeSchema } from "../../representation/time.js";
import { LOCALES } from "../../verification/prompt-id.js";

/** Of a client's id; none: the default set. */
const client = z.string().min(1).max(64).optional();
const text = z.string().max(2_000).optional();

export const promptScopeSchema = z.strictObject({ client });
export const promptListQuerySchema = z.strictObject({ client, locale: z.enum(LOCALES) });
export const promptSoundQuerySchema = z.strictObject({
  client,
  /** Of the set's history; 0: what lies under the set; none: what the next call plays. */
  version: z.coerce.number().int().min(0).max(1_000_000_000).optional(),
});
export const promptSequenceQuerySchema = z.strictObject({
  client,
  locale: z.enum(LOCALES),
  /** Separated by commas; a conversation has some forty. */
  ids: z.string().min(1).max(2_000),
});
/** A recording comes as the body itself, whatever its format; this beside it. */
export const promptRecordingQuerySchema = z.strictObject({
  client,
  /** Of the file. */
  name: z.string().regex(/^[^\p{Cc}]{1,255}$/u, "1 to 255 characters"),
  /** What it says; none: the text that waits, else the one heard now. */
  text,
});
export const promptSpeechSchema = z.strictObject({ client, text });
export const promptTextSchema = z.strictObject({ client, text: z.string().max(2_000) });
export const promptRollbackSchema = z.strictObject({
  client,
  /** 0: none of this set's own. */
  to: z.int().min(0).max(1_000_000_000),
});

const heard = {
  source: z.enum(["client", "default", "shipped"]),
  /** null: shipped. */
  version: z.int().nullable(),
  /** null: a silence. */
  text: z.string().nullable(),
  duration_ms: z.number().nullable(),
  active_level_dbov: z.number().nullable(),
};

const promptSchema = z.strictObject({
  id: z.string(),
  locale: z.enum(LOCALES),
  kind: z.enum(["sentence", "word", "silence"]),
  /** The moment of the call, in the languages of the console. */
  when: z.strictObject({ ja: z.string(), en: z.string() }),
  /** Whether it can have versions. */
  replaceable: z.boolean(),
  ...heard,
  /** A text that waits for its sound. */
  draft: z.string().nullable(),
});
export type PromptInList = z.output<typeof promptSchema>;

export const promptListSchema = z.strictObject({
  clients: z.array(z.strictObject({ id: z.string(), name: z.string() })),
  prompts: z.array(promptSchema),
  /** What a caller would hear in a row, prompt by prompt, by a name that the pages know. */
  conversations: z.array(z.strictObject({ name: z.string(), ids: z.array(z.string()) })),
});
export type PromptList = z.output<typeof promptListSchema>;

const versionSchema = z.strictObject({
  version: z.int(),
  current: z.boolean(),
  origin: z.enum(["recording", "speech", "import", "rollback"]),
  /** Of a rollback: whose sound it is; 0: none of this set. */
  restores: z.int().nullable(),
  text: z.string().nullable(),
  source_name: z.string().nullable(),
  duration_ms: z.number().nullable(),
  active_level_dbov: z.number().nullable(),
  created_at: timeSchema,
  created_by: z.string(),
});
export type PromptVersion = z.output<typeof versionSchema>;

export const promptDetailSchema = z.strictObject({
  prompt: promptSchema,
  clients: promptListSchema.shape.clients,
  /** What any text has to say, each piece by the spellings that will do. */
  requires: z.array(z.array(z.string())),
  /** What is heard where this set has none of its own. */
  under: z.strictObject(heard),
  /** Newest first. */
  versions: z.array(versionSchema),
  /** Whether the voice program of this language is there, and the command that installs it. */
  speech: z.strictObject({ available: z.boolean(), install: z.string() }),
  limits: z.strictObject({ file_bytes: z.int(), longest_ms: z.int(), text_characters: z.int() }),
});
export type PromptDetail = z.output<typeof promptDetailSchema>;

/** After a change: the version that the next call plays. */
export const promptVersionSchema = versionSchema;

export const promptCheckSchema = z.strictObject({
  sounds: z.int(),
  findings: z.array(
    z.strictObject({
      /** null: the default set, or shipped. */
      client: z.string().nullable(),
      set: z.enum(["client", "default", "shipped"]),
      locale: z.enum(LOCALES),
      id: z.string(),
      version: z.int().nullable(),
      faults: z.array(
        z.strictObject({
          code: z.enum([
            ...(["not_in_catalogue", "file_missing", "file_altered", "unreadable", "level"] as const),
            ...PROMPT_REFUSALS,
          ]),
          says: z.string(),
        }),
      ),
    }),
  ),
});
export type PromptCheck = z.output<typeof promptCheckSchema>;
