import { type Kysely, sql } from "kysely";
import type { PromptVersionRow } from "./prompts.js";
import type { Schema } from "./schema.js";

/** Of the names of sounds: hexadecimal digits of SHA-256. Folders of before had 36 characters. */
const HASH_LENGTH = 64;

/** Whether a version's sound is kept in the database; else it is a folder of files from before. */
export function isHash(sound: string): boolean {
  return sound.length === HASH_LENGTH;
}

/** Keeps a sound for the version that names it in the same transaction. One that was damaged is whole again then. */
export async function keepPromptSound(db: Kysely<Schema>, sha256: string, wav: Buffer): Promise<void> {
  await db
    .insertInto("prompt_sounds")
    .values({ sha256, wav })
    .onConflict((conflict) => conflict.column("sha256").doUpdateSet({ wav }))
    .execute();
}

/** Its bytes, as they are kept; undefined: it is not. */
export async function findPromptSound(db: Kysely<Schema>, sha256: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom("prompt_sounds")
    .select("wav")
    .where("sha256", "=", sha256)
    .executeTakeFirst();
  return row?.wav;
}

export async function hasPromptSound(db: Kysely<Schema>, sha256: string): Promise<boolean> {
  const row = await db
    .selectFrom("prompt_sounds")
    .select("sha256")
    .where("sha256", "=", sha256)
    .executeTakeFirst();
  return row !== undefined;
}

/** Versions whose sound is not kept in the database, but was once in a folder of files. */
export function listVersionsInFolders(db: Kysely<Schema>): Promise<PromptVersionRow[]> {
  return db
    .selectFrom("prompt_versions")
    .selectAll()
    .where("sound", "is not", null)
    .where(sql<boolean>`length(sound) <> ${sql.lit(HASH_LENGTH)}`)
    .orderBy("seq")
    .execute();
}

/** The sounds of all current versions, once each, with the prompts that they are of. */
export function listSoundsInUse(db: Kysely<Schema>): Promise<{ sound: string; prompt_id: string }[]> {
  return db
    .selectFrom("prompt_versions")
    .select(["sound", "prompt_id"])
    .distinct()
    .where("sound", "is not", null)
    .where("current", "=", 1)
    .$narrowType<{ sound: string }>()
    .execute();
}

/** The names of all sounds that any version has. */
export async function listNamedSounds(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db
    .selectFrom("prompt_versions")
    .select("sound")
    .distinct()
    .where("sound", "is not", null)
    .$narrowType<{ sound: string }>()
    .execute();
  return rows.map(({ sound }) => sound);
}

/** Has versions name a sound by its hash whose files lay in a folder. */
export async function renamePromptSound(db: Kysely<Schema>, folder: string, sha256: string): Promise<void> {
  await db.updateTable("prompt_versions").set({ sound: sha256 }).where("sound", "=", folder).execute();
}

/** Deletes sounds that no version names any more. @returns how many there were. */
export async function prunePromptSounds(db: Kysely<Schema>, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("prompt_sounds")
    .where("sha256", "in", (of) =>
      of
        .selectFrom("prompt_sounds as kept")
        .select("kept.sha256")
        .where((eb) =>
          eb.not(
            eb.exists(
              eb
                .selectFrom("prompt_versions")
                .select("prompt_versions.seq")
                .whereRef("prompt_versions.sound", "=", "kept.sha256"),
            ),
          ),
        )
        .limit(limit),
    )
    .executeTakeFirst();
  return Number(numDeletedRows);
}
