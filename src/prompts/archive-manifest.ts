import { z } from "zod";
import { LOCALES } from "../verification/prompt-id.js";

/** The file in an archive that says what the others are. */
export const MANIFEST_NAME = "manifest.json";

export const archiveManifestSchema = z.strictObject({
  format: z.literal("honnin-prompts"),
  format_version: z.literal(1),
  /** For people: the client's name, or `default`. */
  set: z.string().max(100),
  exported_at: z.iso.datetime(),
  prompts: z
    .array(
      z.strictObject({
        locale: z.enum(LOCALES),
        id: z.string(),
        text: z.string(),
        /** `<locale>/<id>.wav`: 8 kHz, 16 bit; the telephone's formats are made from it. */
        file: z.string(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
        duration_ms: z.int(),
      }),
    )
    .min(1),
});

export type ArchiveManifest = z.infer<typeof archiveManifestSchema>;

export function archiveFile(locale: string, id: string): string {
  return `${locale}/${id}.wav`;
}
