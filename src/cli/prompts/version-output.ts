import type { PromptVersionRow } from "../../store/prompts.js";
import { isoTime } from "../context.js";
import { printJson, say } from "../output.js";

/** A version as JSON shows it. */
export function versionJson(row: PromptVersionRow): Record<string, unknown> {
  return {
    id: row.prompt_id,
    locale: row.locale,
    version: row.version,
    current: row.current === 1,
    origin: row.origin,
    restores: row.restores,
    text: row.text,
    source_name: row.source_name,
    duration_ms: row.duration_ms,
    active_level_dbov: row.active_level,
    peak_dbfs: row.peak,
    sha256: row.sound === null ? null : { ulaw: row.ulaw_sha256, alaw: row.alaw_sha256, wav: row.wav_sha256 },
    created_at: isoTime(row.created_at),
    created_by: row.created_by,
  };
}

/** Tells of a version that a command has just made. */
export function tellVersion(row: PromptVersionRow, json: true | undefined): void {
  if (json) {
    printJson(versionJson(row));
    return;
  }
  const sound = row.sound === null ? "what lies under this set" : `${row.duration_ms ?? 0} ms`;
  say(`${row.locale}/${row.prompt_id} is now version ${row.version} (${sound}); the next call plays it`);
}
