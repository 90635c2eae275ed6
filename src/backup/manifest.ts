import path from "node:path";
import { z } from "zod";
import { BackupError } from "./backup-error.js";

/** The first file of a backup: what follows, and what it is. */
export const MANIFEST = "manifest.json";
/** The last one: the SHA-256 of the manifest, as `sha256sum` writes it. Where it is missing, so is more. */
export const MANIFEST_SUM = "manifest.json.sha256";
/** The form of what is in the archive; another number is not understood. */
export const FORMAT = 1;
/** The database in the archive. */
export const DATABASE = "database";
/** Recordings and texts spoken, a folder a sound. */
export const PROMPTS = "prompts";
/** The data key in the archive. */
export const DATA_KEY = "keys/data.key";
/** What else is secret or opens something, and goes with the key: file in the data directory. */
export const WITH_KEY = [DATA_KEY, "honnin.yaml", "tls/cert.pem", "tls/key.pem"] as const;

/** Where such a file lies on this machine. */
export function placeOf(name: (typeof WITH_KEY)[number], dataDir: string, keyFile: string): string {
  return name === DATA_KEY ? keyFile : path.join(dataDir, name);
}

/** Only what we write ourselves: nothing that leads out of the folder, nothing hidden. */
const NAME =
  /^(?:database|honnin\.yaml|keys\/data\.key|tls\/(?:cert|key)\.pem|prompts\/[A-Za-z0-9-]{1,64}\/[A-Za-z0-9][A-Za-z0-9.-]{0,99})$/;

const manifestSchema = z.object({
  honnin_backup: z.literal(FORMAT),
  /** Of the program that made it. */
  version: z.string(),
  created_at: z.iso.datetime(),
  /** Of the database in it. */
  dialect: z.string(),
  /** Dialect of the one that it was made from; older backups do not tell. */
  made_from: z.string().optional(),
  /** Changes of the schema that were made to it, in order. */
  schema: z.array(z.string()),
  /** Rows a table. */
  counts: z.record(z.string(), z.int().min(0)),
  /** Of the data key that the database was made with; null: of none yet. */
  key_fingerprint: z.string().nullable(),
  /** Whether the data key is in it. */
  has_keys: z.boolean(),
  files: z.array(
    z.object({
      name: z.string().regex(NAME),
      bytes: z.int().min(0),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
});

export type Manifest = z.output<typeof manifestSchema>;
export type ManifestFile = Manifest["files"][number];

/** @throws {BackupError} `not_a_backup`, `backup_newer`, `backup_damaged` */
export function readManifest(text: string): Manifest {
  const found = parsed(text);
  const { honnin_backup: format } = z.looseObject({ honnin_backup: z.int() }).safeParse(found).data ?? {};
  if (format === undefined) throw new BackupError("not_a_backup", "this is no backup of Honnin's");
  if (format > FORMAT) {
    throw new BackupError("backup_newer", "a newer Honnin made this backup: use the program of that version");
  }
  const manifest = manifestSchema.safeParse(found);
  if (!manifest.success)
    throw new BackupError("backup_damaged", "the backup's manifest is not as it was written");
  return manifest.data;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Bytes of a whole archive: for each file a header and its blocks of 512, and two blocks at the end.
 *
 * @param text the manifest.
 */
export function archiveBytes({ files }: Manifest, text: string): number {
  const sizes = [Buffer.byteLength(text), ...files.map(({ bytes }) => bytes), SUM_BYTES];
  return sizes.reduce((sum, bytes) => sum + 512 + Math.ceil(bytes / 512) * 512, 1024);
}

/** Less than a block, however long exactly. */
const SUM_BYTES = 1;
