import { generateKeyPairSync, randomUUID } from "node:crypto";
import { calculateJwkThumbprint } from "jose";
import type { Kysely } from "kysely";
import {
  changeReceiptKey,
  holdReceiptKeys,
  insertReceiptKey,
  listReceiptKeys,
  nameReceiptIssuer,
  receiptKeyContext,
  type ReceiptKeyRow,
} from "../store/receipt-keys.js";
import type { Schema } from "../store/schema.js";
import { DAY_MS } from "../verification/durations.js";
import type { Who } from "./audit-who.js";
import { noteAudit, type NotedBy } from "./note-audit.js";

/** Whoever keeps a copy of the keys has so long to fetch a new one before it signs. */
const PUBLISHED_BEFORE_MS = DAY_MS;

type Keys = readonly ReceiptKeyRow[];

/** Who does it, and after how long another key takes over. */
export interface Turn extends NotedBy {
  readonly who: Who;
  /** Milliseconds. */
  readonly rotateMs: number;
}

/** That which signs now; undefined: there is none. */
export function signingKey(keys: Keys, now: number): ReceiptKeyRow | undefined {
  return alive(keys).findLast(({ signs_from }) => signs_from <= now);
}

/** That which is published and will sign. */
export function nextKey(keys: Keys, now: number): ReceiptKeyRow | undefined {
  return alive(keys).find(({ signs_from }) => signs_from > now);
}

/** Whether {@link turnReceiptKeys} has anything to do. */
export function isTurnDue(keys: Keys, rotateMs: number, now: number): boolean {
  const signing = alive(keys).filter(({ signs_from }) => signs_from <= now);
  return signing.length !== 1 || isNextDue(keys, rotateMs, now);
}

/**
 * Makes the first key, publishes the next one a day before it signs, and retires the one whose time is over, of which
 * the private part is forgotten then. @returns all keys as they are now.
 */
export async function turnReceiptKeys(db: Kysely<Schema>, turn: Turn): Promise<Keys> {
  const { now, rotateMs } = turn;
  await holdReceiptKeys(db, turn.now);
  await nameReceiptIssuer(db, `urn:uuid:${randomUUID()}`);
  const before = await listReceiptKeys(db);
  if (!isTurnDue(before, rotateMs, now)) return before;
  if (signingKey(before, now) === undefined) {
    const next = nextKey(before, now);
    if (next === undefined) await makeKey(db, turn, now);
    else {
      await changeReceiptKey(db, next.kid, { signs_from: now });
      await note(db, turn, "receipt_key.advanced", next.kid, now);
    }
  }
  await retireFormer(db, now);
  const keys = await listReceiptKeys(db);
  const signing = signingKey(keys, now);
  if (signing !== undefined && isNextDue(keys, rotateMs, now)) {
    await makeKey(db, turn, Math.max(now + PUBLISHED_BEFORE_MS, signing.signs_from + rotateMs));
  }
  return listReceiptKeys(db);
}

/** The key that takes over, and from when (epoch milliseconds). */
export interface Succession {
  readonly kid: string;
  readonly signsFrom: number;
  /** False: it was published already. */
  readonly made: boolean;
}

/** Has another key take over, a day from now or at once. */
export async function rotateReceiptKey(
  db: Kysely<Schema>,
  turn: Turn,
  when: "in_a_day" | "at_once",
): Promise<Succession> {
  const { now } = turn;
  const keys = await turnReceiptKeys(db, turn);
  const next = nextKey(keys, now);
  const signsFrom = when === "at_once" ? now : now + PUBLISHED_BEFORE_MS;
  if (next === undefined) {
    const kid = await makeKey(db, turn, signsFrom);
    if (when === "at_once") await retireFormer(db, now, kid);
    return { kid, signsFrom, made: true };
  }
  // One that was to sign months from now signs earlier, and never later.
  const earlier = Math.min(next.signs_from, signsFrom);
  if (earlier < next.signs_from) {
    await changeReceiptKey(db, next.kid, { signs_from: earlier });
    await note(db, turn, "receipt_key.advanced", next.kid, earlier);
  }
  if (when === "at_once") await retireFormer(db, now, next.kid);
  return { kid: next.kid, signsFrom: earlier, made: false };
}

/** Takes a key out of those that are published, at once; where it signed, another does. */
export async function revokeReceiptKey(
  db: Kysely<Schema>,
  turn: Turn,
  kid: string,
): Promise<"revoked" | "revoked_before" | "unknown"> {
  const { now } = turn;
  await holdReceiptKeys(db, now);
  const key = (await listReceiptKeys(db)).find((one) => one.kid === kid);
  if (key === undefined) return "unknown";
  if (key.revoked_at !== null) return "revoked_before";
  await changeReceiptKey(db, kid, { revoked_at: now, private_cipher: null });
  const { vault, who } = turn;
  await noteAudit(db, vault, who, now, { act: "receipt_key.revoked", target: kid });
  await turnReceiptKeys(db, turn);
  return "revoked";
}

/** Those that sign or will sign. */
function alive(keys: Keys): Keys {
  return keys.filter(({ retired_at, revoked_at }) => retired_at === null && revoked_at === null);
}

function isNextDue(keys: Keys, rotateMs: number, now: number): boolean {
  const signing = signingKey(keys, now);
  if (signing === undefined || nextKey(keys, now) !== undefined) return false;
  return signing.signs_from + rotateMs - PUBLISHED_BEFORE_MS <= now;
}

async function makeKey(db: Kysely<Schema>, turn: Turn, signsFrom: number): Promise<string> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const { x = "", d = "" } = privateKey.export({ format: "jwk" });
  const kid = await calculateJwkThumbprint({ kty: "OKP", crv: "Ed25519", x });
  const sealed = turn.vault.seal(Buffer.from(d, "base64url"), receiptKeyContext(kid));
  await insertReceiptKey(db, {
    ...{ kid, public_x: x, private_cipher: sealed, created_at: turn.now, signs_from: signsFrom },
    ...{ retired_at: null, revoked_at: null },
  });
  await note(db, turn, "receipt_key.created", kid, signsFrom);
  return kid;
}

/** @param heir that which signs now, where another of the same moment may be meant. */
async function retireFormer(db: Kysely<Schema>, now: number, heir?: string): Promise<void> {
  const keys = await listReceiptKeys(db);
  const signing = alive(keys).filter(({ signs_from }) => signs_from <= now);
  const stays = heir ?? signing.at(-1)?.kid;
  for (const { kid } of signing) {
    if (kid !== stays) await changeReceiptKey(db, kid, { retired_at: now, private_cipher: null });
  }
}

function note(
  db: Kysely<Schema>,
  { vault, who, now }: Turn,
  act: "receipt_key.created" | "receipt_key.advanced",
  kid: string,
  signsFrom: number,
): Promise<void> {
  const details = { signs_from: new Date(signsFrom).toISOString() };
  return noteAudit(db, vault, who, now, { act, target: kid, details });
}
