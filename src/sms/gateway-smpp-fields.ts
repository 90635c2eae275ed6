import { z } from "zod";
import { flag, whole } from "../setting.js";
import { field } from "./gateway-field.js";

const byte = (fallback: number): z.ZodDefault<z.ZodType<number, string>> => whole(fallback, 0, 255);

/** How SMPP 3.4 is spoken with a gateway; of no effect over HTTP. */
export const GATEWAY_SMPP_FIELDS = {
  systemType: field(z.string().max(12).default(""), "up to 12 characters", "system_type of the bind", {
    unset: "empty",
  }),
  window: field(whole(10, 1, 1000), "1 to 1000", "submits that may wait for their answer at one time"),
  enquireSeconds: field(
    whole(30, 1, 600),
    "1 to 600",
    "silence after which the link is asked with enquire_link",
  ),
  senderTon: field(byte(5), "0 to 255", "type of number of the sender: 5 is alphanumeric, 1 international"),
  senderNpi: field(byte(0), "0 to 255", "numbering plan of the sender"),
  destinationTon: field(byte(1), "0 to 255", "type of number of the recipient"),
  destinationNpi: field(byte(1), "0 to 255", "numbering plan of the recipient"),
  long: field(
    z.enum(["udh", "payload"]).default("udh"),
    "udh or payload",
    "texts of several parts: udh, each part by itself; payload, all in one message_payload",
  ),
  gsmDataCoding: field(byte(0), "0 to 255", "data_coding of texts in GSM 7 bit"),
  validity: field(
    flag.default(true),
    "true or false",
    "tell how long the message is of use (validity_period)",
  ),
  receiptIds: field(
    z.enum(["same", "hex_then_decimal", "decimal_then_hex"]).default("same"),
    "same, hex_then_decimal or decimal_then_hex",
    "how the id is written in the answer and in the receipt",
  ),
} as const;
