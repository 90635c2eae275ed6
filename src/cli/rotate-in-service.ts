import { existsSync, readFileSync, renameSync, rmSync } from "node:fs";
import { reencipherInService } from "../acts/rotate-data-key.js";
import { makePrivateFile } from "../private-file.js";
import { findMeta } from "../store/meta.js";
import { Store } from "../store/store.js";
import { COMING_FINGERPRINT_KEY, FINGERPRINT_KEY } from "../store/vault-binding.js";
import { nextKeyFile, readKeyFile, withoutFormerKey } from "../vault/key-file.js";
import { writeStore } from "./context.js";
import { keepRetired, retiredKey, type RotationDone, type RotationOrder } from "./rotation.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { askStanding, servicePid } from "./service-link.js";
import { changeOverNodes } from "./rotate-beside-nodes.js";

/**
 * The key file names the new key first and the old one after it; the service takes it up; everything is enciphered anew,
 * a few rows at a time; then the old key leaves the file. Killed at whatever moment, the same command goes on from
 * there, and what runs or starts meanwhile opens what is under either.
 */
export async function rotateInService(order: RotationOrder): Promise<RotationDone> {
  const { dataDir, file, by } = order;
  if (existsSync(`${file}.next`)) {
    throw new CommandError(
      "a rotation was broken off: run honnin data-key rotate --with-index first [rotation_unfinished]",
      EXIT.negative,
    );
  }
  if (await hasEndedElsewhere(order)) replace(file, withoutFormerKey(readFileSync(file, "utf8")));
  const before = readFileSync(file, "utf8");
  if (readKeyFile(before).formerFingerprint === null) {
    keepRetired(file);
    replace(file, nextKeyFile(before));
  }
  const text = readFileSync(file, "utf8");
  const { fingerprint, formerFingerprint } = readKeyFile(text);
  const from = formerFingerprint ?? "";
  const done = await writeStore(async (store) => {
    const behind = store.isShared ? await changeOverNodes(store, order, fingerprint) : [];
    if (!store.isShared) await requireTakenUp(dataDir, fingerprint);
    return { behind, rows: await reencipherInService(store, { by, from, clock: Date.now }) };
  });
  replace(file, withoutFormerKey(text));
  return { ...done, retired: retiredKey(file, from) };
}

/** The file was brought here while the key was rotated at another node, and that has ended. */
async function hasEndedElsewhere({ dataDir, databaseUrl, file }: RotationOrder): Promise<boolean> {
  const { fingerprint, formerFingerprint } = readKeyFile(readFileSync(file, "utf8"));
  if (formerFingerprint === null) return false;
  const store = await Store.openToRead(dataDir, databaseUrl, file);
  try {
    const isBound = (await findMeta(store.read, FINGERPRINT_KEY)) === fingerprint;
    const isUnderWay = (await findMeta(store.read, COMING_FINGERPRINT_KEY)) !== undefined;
    return store.isShared && isBound && !isUnderWay;
  } finally {
    await store.close();
  }
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
