import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { reencipherInService } from "../acts/rotate-data-key.js";
import { makePrivateFile } from "../private-file.js";
import { nextKeyFile, readKeyFile, withoutFormerKey } from "../vault/key-file.js";
import { writeStore } from "./context.js";
import { keepRetired, retiredKey, type RotationDone, type RotationOrder } from "./rotation.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { askStanding, servicePid } from "./service-link.js";

/**
 * The key file names the new key first and the old one after it; the service takes it up; everything is enciphered anew,
 * a few rows at a time; then the old key leaves the file. Killed at whatever moment, the same command goes on from
 * there, and what runs or starts meanwhile opens what is under either.
 */
export async function rotateInService({ dataDir, file, by }: RotationOrder): Promise<RotationDone> {
  if (existsSync(`${file}.next`)) {
    throw new CommandError(
      "a rotation was broken off: run honnin data-key rotate --with-index first [rotation_unfinished]",
      EXIT.negative,
    );
  }
  const before = readFileSync(file, "utf8");
  if (readKeyFile(before).formerFingerprint === null) {
    keepRetired(file);
    replace(file, nextKeyFile(before));
  }
  const text = readFileSync(file, "utf8");
  const { fingerprint, formerFingerprint } = readKeyFile(text);
  await requireTakenUp(dataDir, fingerprint);
  const from = formerFingerprint ?? "";
  const rows = await writeStore((store) => reencipherInService(store, { by, from, clock: Date.now }));
  replace(file, withoutFormerKey(text));
  return { rows, retired: retiredKey(file, from) };
}

/** A service that wrote on with the old key would write what nobody can open afterwards. */
async function requireTakenUp(dataDir: string, fingerprint: string): Promise<void> {
  const standing = await askStanding(dataDir);
  if (standing?.data_key === fingerprint) return;
  if (standing === null && (await servicePid(dataDir)) === null) return;
  throw new CommandError(
    "the service has not taken the new key up: see its log, restart it, and run this again; until then everything is " +
      "opened by either key [key_not_taken_up]",
    EXIT.unavailable,
  );
}

/** In one step: whoever reads it sees the one text or the other. */
function replace(file: string, text: string): void {
  const draft = `${file}.draft`;
  rmSync(draft, { force: true });
  makePrivateFile(draft, text);
  renameSync(draft, file);
}
