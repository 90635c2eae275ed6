import type { Kysely } from "kysely";
import { setTimeout as delay } from "node:timers/promises";
import { putMeta } from "../store/meta.js";
import { giveUpSilent, listNodes, type NodeRow } from "../store/nodes.js";
import type { Schema } from "../store/schema.js";
import type { Store } from "../store/store.js";
import { COMING_FINGERPRINT_KEY, FINGERPRINT_KEY } from "../store/vault-binding.js";
import { GIVEN_UP_MS } from "../store/node-state.js";
import { CommandError, EXIT } from "./exit-codes.js";
import { say } from "./output.js";
import type { RotationOrder } from "./rotation.js";

/** Nodes give a sign of life each second, and with it tell which keys they have. */
const LOOK_MS = 500;

/**
 * All nodes encipher by the new key when it returns. None does before every one of them can open what is under it, so
 * that a key file which has not been brought to a machine yet costs nothing; until then one without it does not start.
 *
 * @param fingerprint of the new key.
 * @returns names of the other nodes, whose key files have the old key in them still.
 * @throws {CommandError} when a node does not have it in time; everything is opened as before, and by the same command it
 * goes on.
 */
export async function changeOverNodes(
  store: Store,
  order: Pick<RotationOrder, "file" | "node" | "waitMs">,
  fingerprint: string,
): Promise<readonly string[]> {
  const giveUpAt = performance.now() + order.waitMs;
  await store.write((db) => putMeta(db, COMING_FINGERPRINT_KEY, fingerprint));
  let told = "";
  for (;;) {
    const lacking = await store.write((db) => changeOver(db, fingerprint, store.now()));
    if (lacking.length === 0) break;
    const names = lacking.join(", ");
    if (performance.now() > giveUpAt) throw notBrought(order.file, names);
    if (names !== told) {
      say(`新しい鍵のファイル ${order.file} を、次のノードにコピーしてください（待っています）: ${names}`);
      say(`Copy the new key file ${order.file} to these nodes, which are waited for: ${names}`);
    }
    told = names;
    await delay(LOOK_MS);
  }
  store.vault.encipherBy(fingerprint);
  await followed(store, fingerprint);
  const others = (await listNodes(store.read)).map(({ name }) => name);
  return others.filter((name) => name !== order.node);
}

/** @returns names of nodes that do not have the key; none: all encipher by it from their next sign of life on. */
async function changeOver(db: Kysely<Schema>, fingerprint: string, now: number): Promise<readonly string[]> {
  // One that wakes later finds that it was given up, and joins again only with the key.
  await giveUpSilent(db, now - GIVEN_UP_MS, now);
  const lacking = (await present(db)).filter((node) => !keysOf(node).includes(fingerprint));
  if (lacking.length === 0) await putMeta(db, FINGERPRINT_KEY, fingerprint);
  return lacking.map(({ name }) => name);
}

/** They have it, so that it takes a second; one that dies meanwhile writes nothing more. */
async function followed(store: Store, fingerprint: string): Promise<void> {
  const isBehind = async (): Promise<boolean> => {
    await store.write((db) => giveUpSilent(db, store.now() - GIVEN_UP_MS, store.now()));
    return (await present(store.read)).some((node) => keysOf(node)[0] !== fingerprint);
  };
  while (await isBehind()) await delay(LOOK_MS);
}

async function present(db: Kysely<Schema>): Promise<readonly NodeRow[]> {
  return (await listNodes(db)).filter(({ left_at }) => left_at === null);
}

function keysOf({ data_keys }: NodeRow): readonly string[] {
  return data_keys.split(" ");
}

function notBrought(file: string, names: string): CommandError {
  return new CommandError(
    `${file} has not been brought to ${names}: copy it there, or stop them, and run this again; until then everything ` +
      "is enciphered as before [key_not_taken_up]",
    EXIT.unavailable,
  );
}
