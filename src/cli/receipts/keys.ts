import {
  nextKey,
  revokeReceiptKey,
  rotateReceiptKey,
  signingKey,
  type Turn,
} from "../../acts/receipt-keys.js";
import type { Config } from "../../config.js";
import { receiptSettings } from "../../service/service-settings.js";
import { listReceiptKeys, type ReceiptKeyRow } from "../../store/receipt-keys.js";
import type { Store } from "../../store/store.js";
import { isoTime, readStore, writeStore } from "../context.js";
import { CommandError, EXIT } from "../exit-codes.js";
import { printData, printJson, printTable, say } from "../output.js";
import { byCommand } from "../who-runs.js";

/** All keys there ever were, without their private parts. */
export function listKeys(options: { json?: true }): Promise<void> {
  return readStore(async (store, config) => {
    const now = Date.now();
    const keys = await listReceiptKeys(store.read);
    const rows = keys.map((key) => ({
      kid: key.kid,
      state: stateOf(key, keys, receiptSettings(config).keptMs, now),
      signs_from: isoTime(key.signs_from),
      retired_at: isoTime(key.retired_at) || null,
      revoked_at: isoTime(key.revoked_at) || null,
    }));
    if (options.json === true) printJson(rows);
    else
      printTable(
        ["KID", "STATE", "SIGNS FROM", "RETIRED", "REVOKED"],
        rows.map((row) => [row.kid, row.state, row.signs_from, row.retired_at ?? "", row.revoked_at ?? ""]),
      );
  });
}

function stateOf(
  key: ReceiptKeyRow,
  keys: readonly ReceiptKeyRow[],
  keptMs: number,
  now: number,
): "signs" | "next" | "former" | "withdrawn" | "revoked" {
  if (key.revoked_at !== null) return "revoked";
  if (key === signingKey(keys, now)) return "signs";
  if (key === nextKey(keys, now)) return "next";
  return key.retired_at === null || key.retired_at + keptMs > now ? "former" : "withdrawn";
}

/** Prints the key that takes over. */
export function rotate(options: { atOnce?: true; json?: true }): Promise<void> {
  return writeStore(async (store, config) => {
    const when = options.atOnce === true ? "at_once" : "in_a_day";
    const { kid, signsFrom } = await store.write((db) => rotateReceiptKey(db, turn(store, config), when));
    const from = isoTime(signsFrom);
    if (options.json === true) printJson({ kid, signs_from: from });
    else {
      printData(kid);
      say(`この鍵が ${from} から署名します。jwks.json の写しを配っている場合は、配り直してください。`);
      say(`It signs from ${from}: where copies of jwks.json were given away, give the new one.`);
    }
  });
}

export function revoke(kid: string): Promise<void> {
  return writeStore(async (store, config) => {
    const done = await store.write((db) => revokeReceiptKey(db, turn(store, config), kid));
    if (done === "unknown") throw new CommandError(`there is no key ${kid}`, EXIT.negative);
    if (done === "revoked_before") {
      say("取り消し済みです / it was revoked before");
      return;
    }
    say("取り消しました。鍵の写しを持つ検証側では、新しい jwks.json を取得するまで有効なままです。");
    say("Revoked. Whoever verifies by a copy of jwks.json believes it until they fetch a new one.");
  });
}

function turn({ vault }: Store, config: Config): Turn {
  return { vault, who: byCommand(), now: Date.now(), rotateMs: receiptSettings(config).rotateMs };
}
