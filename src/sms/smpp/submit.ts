import { gsmBytes } from "../../verification/gsm-alphabet.js";
import type { Gateway } from "../gateway.js";
import { MOST_PARTS, type MessageParts } from "../../verification/message-parts.js";
import { cString, optional } from "./fields.js";

/** data_coding of UCS-2, section 5.2.19. */
const UCS2 = 8;
/** esm_class: the message begins with a user data header, section 5.2.12. */
const HAS_HEADER = 0x40;
/** registered_delivery: the receipt of the final outcome, section 5.2.17. */
const WITH_RECEIPT = 1;
const MESSAGE_PAYLOAD = 0x0424;
/** Octets of short_message. */
const MOST_SHORT = 254;

/** What of a gateway decides how a submit_sm is written. */
export type SubmitManner = Pick<
  Gateway,
  | "sender"
  | "senderTon"
  | "senderNpi"
  | "destinationTon"
  | "destinationNpi"
  | "long"
  | "gsmDataCoding"
  | "validity"
>;

export interface Submission {
  /** As the gateway wants it written. */
  readonly to: string;
  readonly message: MessageParts;
  /** By which the parts of this message are told from those of others, 0 to 255. */
  readonly reference: number;
  /** For so long it is of use. */
  readonly validMs: number;
}

/** Whether a message can be sent at all. */
export function isSubmittable({ parts }: MessageParts): boolean {
  return parts.length <= MOST_PARTS;
}

/** Bodies of the submit_sm PDUs of a message, one after another. */
export function submitBodies(manner: SubmitManner, submission: Submission): readonly Buffer[] {
  const { message, reference } = submission;
  const { parts } = message;
  const texts = manner.long === "payload" && parts.length > 1 ? [parts.join("")] : parts;
  return texts.map((text, index) => {
    const content = encoded(text, message.alphabet);
    if (texts.length === 1) return submitBody(manner, submission, 0, content);
    // 3GPP TS 23.040 section 9.2.3.24.1: an 8-bit reference, how many parts, which of them.
    const header = Buffer.from([5, 0, 3, reference, texts.length, index + 1]);
    return submitBody(manner, submission, HAS_HEADER, Buffer.concat([header, content]));
  });
}

function encoded(text: string, alphabet: MessageParts["alphabet"]): Buffer {
  const septets = alphabet === "gsm7" ? gsmBytes(text) : null;
  return septets ?? Buffer.from(text, "utf16le").swap16();
}

function submitBody(
  manner: SubmitManner,
  { to, message, validMs }: Submission,
  esmClass: number,
  content: Buffer,
): Buffer {
  const isShort = content.length <= MOST_SHORT;
  return Buffer.concat([
    cString(""),
    Buffer.from([manner.senderTon, manner.senderNpi]),
    cString(manner.sender ?? ""),
    Buffer.from([manner.destinationTon, manner.destinationNpi]),
    cString(to),
    // protocol_id, priority_flag.
    Buffer.from([esmClass, 0, 0]),
    cString(""),
    cString(manner.validity ? relativeTime(validMs) : ""),
    // replace_if_present_flag, data_coding, sm_default_msg_id, sm_length.
    Buffer.from([
      WITH_RECEIPT,
      0,
      message.alphabet === "gsm7" ? manner.gsmDataCoding : UCS2,
      0,
      isShort ? content.length : 0,
    ]),
    isShort ? content : optional(MESSAGE_PAYLOAD, content),
  ]);
}

/** A span, section 7.1.1.2: days, hours, minutes, seconds. A verification lives for ten minutes at most. */
function relativeTime(ms: number): string {
  const seconds = Math.min(86_399, Math.max(1, Math.ceil(ms / 1000)));
  const two = (value: number): string => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return `000000${two(hours)}${two(minutes)}${two(seconds % 60)}000R`;
}
