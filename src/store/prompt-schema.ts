import type { Generated } from "kysely";
import type { Locale } from "../verification/prompt-id.js";

/** Where the sound of a version came from. */
export type PromptOrigin = "recording" | "speech" | "import" | "rollback";

/**
 * The history of every prompt of every set. A set belongs to a client, or to nobody: then it is the default
 * set. Rows are added, never changed but for `current`, and for `sound` where an upgrade takes it in.
 */
export interface PromptVersionTable {
  seq: Generated<number>;
  /** null: the default set. */
  client_id: string | null;
  locale: Locale;
  prompt_id: string;
  /** 1, 2, … within its set, locale and prompt. */
  version: number;
  current: 0 | 1;
  origin: PromptOrigin;
  /** Of a rollback: the version whose sound this is; 0: none of this set. */
  restores: number | null;
  /**
   * SHA-256 of its sound, in hexadecimal: of {@link PromptSoundTable}. Else of before sounds were kept there, and not taken
   * in yet: the folder of its files. Null: what lies under this set is heard.
   */
  sound: string | null;
  text: string | null;
  source_name: string | null;
  duration_ms: number | null;
  /** dBov, ITU-T P.56 */
  active_level: number | null;
  /** dBFS */
  peak: number | null;
  ulaw_sha256: string | null;
  alaw_sha256: string | null;
  wav_sha256: string | null;
  created_at: number;
  created_by: string;
}

/** A sound as it is kept: once, however many versions name it. */
export interface PromptSoundTable {
  /** Of `wav`, in hexadecimal. */
  sha256: string;
  /** 8 kHz, 16 bit; the telephone's formats are made from it. At most 1 MB. */
  wav: Buffer;
}

/** A text that waits for its sound: no call hears it. */
export interface PromptDraftTable {
  client_id: string | null;
  locale: Locale;
  prompt_id: string;
  text: string;
  created_at: number;
  created_by: string;
}
