import type { PartReport } from "../sending/part-ledger.js";
import { FieldReader } from "./fields.js";

/** Message type in esm_class, section 5.2.12. */
const TYPE_BITS = 0x3c;
const RECEIPT = 0x04;

const RECEIPTED_MESSAGE_ID = 0x001e;
const NETWORK_ERROR_CODE = 0x0423;
const MESSAGE_PAYLOAD = 0x0424;
const MESSAGE_STATE = 0x0427;

/** Final states, section 5.2.28; of others another receipt follows, or nothing is known. */
const STATES: Readonly<Record<number, readonly [PartReport["state"], word: string]>> = {
  2: ["delivered", "DELIVRD"],
  3: ["undelivered", "EXPIRED"],
  4: ["undelivered", "DELETED"],
  5: ["undelivered", "UNDELIV"],
  8: ["undelivered", "REJECTD"],
};

/** A message for us, or what a deliver_sm is: a receipt that is final, or nothing that is of use here. */
export type Delivered = PartReport | "not_final" | "no_receipt";

/** How ids are written in answers and in receipts, see `receipt_ids`. */
export type ReceiptIds = "same" | "hex_then_decimal" | "decimal_then_hex";

/**
 * Reads a deliver_sm. Its optional parameters are believed before its text.
 *
 * @throws {SmppProtocolError}
 */
export function readDelivered(body: Buffer, ids: ReceiptIds): Delivered {
  const fields = new FieldReader(body);
  fields.cString(6);
  fields.bytes(2);
  fields.cString(21);
  fields.bytes(2);
  fields.cString(21);
  const esmClass = fields.byte();
  fields.bytes(2);
  fields.cString(17);
  fields.cString(17);
  fields.bytes(4);
  const short = fields.bytes(fields.byte());
  const optionals = fields.optionals();
  if ((esmClass & TYPE_BITS) !== RECEIPT) return "no_receipt";
  const text = textOf(short.length > 0 ? short : (optionals.get(MESSAGE_PAYLOAD) ?? short));
  const id = optionalId(optionals.get(RECEIPTED_MESSAGE_ID)) ?? text.id;
  const state = STATES[optionals.get(MESSAGE_STATE)?.[0] ?? text.state];
  if (id === null || state === undefined) return "not_final";
  const [end, word] = state;
  const network = optionals.get(NETWORK_ERROR_CODE);
  const error = text.error ?? (network?.length === 3 ? String(network.readUInt16BE(1)) : null);
  const code = end === "delivered" ? null : [word, ...(error === null ? [] : [error])].join(" ");
  return { id: canonicalId(id, ids, "receipt"), state: end, code };
}

function optionalId(value: Buffer | undefined): string | null {
  const id = value?.toString("latin1").replace(/\0.*$/s, "").trim();
  return id === undefined || id === "" ? null : id;
}

/** What the text of a receipt says, appendix B; it ends with the message's first characters, which say nothing. */
function textOf(bytes: Buffer): { id: string | null; state: number; error: string | null } {
  const [said = ""] = bytes.toString("latin1").split(/\btext:/i, 1);
  const word = /\bstat:([A-Z]{1,10})/i.exec(said)?.[1]?.toUpperCase();
  const state = Object.entries(STATES).find(([, [, name]]) => name === word)?.[0];
  const error = /\berr:([0-9A-Z]{1,8})\b/i.exec(said)?.[1];
  return {
    id: /\bid:([^\s\0]{1,65})/i.exec(said)?.[1] ?? null,
    state: Number(state ?? 0),
    error: error === undefined || /^0+$/.test(error) ? null : error,
  };
}

/** An id by which an answer and a receipt can be told to be of the same message. */
export function canonicalId(id: string, ids: ReceiptIds, where: "answer" | "receipt"): string {
  if (ids === "same") return id;
  const isHex = (ids === "hex_then_decimal") === (where === "answer");
  if (isHex && /^[0-9a-f]{1,32}$/i.test(id)) return BigInt(`0x${id}`).toString();
  return !isHex && /^\d{1,40}$/.test(id) ? BigInt(id).toString() : id;
}
