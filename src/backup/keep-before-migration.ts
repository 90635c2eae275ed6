import { statfs } from "node:fs/promises";
import { copyNameOf, copyStem, removeOldest, removeParts } from "../store/kept-copies.js";
import type { KeepCopy } from "../store/database.js";
import { databasePlace } from "../store/dialects.js";
import { NoRoomForCopyError } from "../store/no-room-for-copy.js";
import { roomsFor } from "./database-file.js";
import { makeBackup } from "./make-backup.js";

interface Where {
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  /** Where the sounds of versions of prompts are kept. */
  readonly promptsDir: string;
}

/**
 * Keeps a database that lies elsewhere as it is, in the data directory, before its schema is changed: a backup without
 * keys, which the older version restores. The last three are kept.
 *
 * @returns rejects with {@link NoRoomForCopyError}, or with whatever keeps a backup from being made.
 */
export function keepBeforeMigration({ dataDir, databaseUrl, promptsDir }: Where): KeepCopy {
  const place = databasePlace(dataDir, databaseUrl);
  const stem = copyStem(dataDir);
  return async (pending, tell) => {
    const file = copyNameOf(stem, pending[0] ?? "");
    tell(file);
    removeParts(stem);
    // The archive, and what it is made from.
    const needed = (await place.copies.bytes()) * (1 + roomsFor(place));
    const { bavail, bsize } = await statfs(dataDir);
    if (bavail * bsize < needed)
      throw new NoRoomForCopyError(`${place.name} (${dataDir})`, needed, bavail * bsize);
    const as = { withKeys: false, encryption: null, now: Date.now() };
    await makeBackup({ dataDir, promptsDir, place, file, pending, ...as });
    removeOldest(stem);
  };
}
