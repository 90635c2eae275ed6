import { networkInterfaces } from "node:os";
import type { HepEnd } from "./hep-packet.js";
import type { SipCopy } from "./sip-capture.js";
import { readHead } from "./sip-head.js";
import { withoutSecrets } from "./sip-refusal.js";

/** A SIP message as somebody is told of it who looks at the trunk. Numbers are whole; digests and nonces are left out. */
export interface ToldSip {
  /** Whether we said it. */
  readonly ours: boolean;
  /** The other side: `192.0.2.1:5060`. */
  readonly peer: string;
  /** `INVITE sip:…` or `SIP/2.0 200 OK`. */
  readonly firstLine: string;
  /** Of a request, or of what is answered. */
  readonly method: string;
  /** Of an answer; null: a request. */
  readonly status: number | null;
  readonly callId: string;
  /** Its number within the `callId`, the same for a request and its answers; NaN: none can be read. */
  readonly sequence: number;
  /** Whether it is a request that takes a registration back. */
  readonly unregisters: boolean;
  /** Fields that say why: Reason, Warning, Retry-After. */
  readonly reasons: readonly string[];
  /** What is asked for with 401 and 407. */
  readonly wanted: readonly string[];
  /** `Date`, as it was written. */
  readonly date: string | null;
  /** Codecs of the first voice line of an SDP, `PCMU`; null: there is none. */
  readonly codecs: readonly string[] | null;
}

const MOST_FIELDS = 5;
const LONGEST = 200;

/** @param sipPort where our Asterisk listens. */
export function tellSip({ from, to, message }: SipCopy, sipPort: number): ToldSip | undefined {
  const { callId, method, sequence, valuesOf, body } = readHead(message);
  if (callId === undefined || method === undefined) return undefined;
  const [firstLine = ""] = message.toString("latin1", 0, LONGEST).split(/\r?\n/);
  const status = /^SIP\/2\.0 (\d{3})/.exec(firstLine)?.[1];
  const ours = isOurs(from, to, sipPort);
  const peer = ours ? to : from;
  return {
    ours,
    peer: `${peer.address}:${String(peer.port)}`,
    firstLine,
    method,
    status: status === undefined ? null : Number(status),
    callId,
    sequence,
    unregisters: status === undefined && method === "REGISTER" && takesBack(valuesOf),
    reasons: (["Reason", "Warning", "Retry-After"] as const).flatMap((name) =>
      fields(valuesOf(new RegExp(`^${name}$`, "i"))).map((value) => `${name}: ${value}`),
    ),
    wanted: fields(valuesOf(/^(proxy|www)-authenticate$/i)).map(withoutSecrets),
    date: fields(valuesOf(/^date$/i))[0] ?? null,
    codecs: voiceCodecs(body),
  };
}

/** RFC 3261 section 10.2.2: a life of 0, said of the contact or, where that says none, of all. */
function takesBack(valuesOf: (name: RegExp) => string[]): boolean {
  const own = valuesOf(/^(contact|m)$/i).map((contact) => /;\s*expires\s*=\s*(\d+)/i.exec(contact)?.[1]);
  const [all] = valuesOf(/^expires$/i);
  return (own.length === 0 ? [all] : own.map((life) => life ?? all)).every((life) => Number(life) === 0);
}

function fields(values: readonly string[]): string[] {
  return values.slice(0, MOST_FIELDS).map((value) => value.slice(0, LONGEST));
}

/** Of two ends on this machine (a trunk beside us) the ports tell; one that we called by TCP has a port of its own. */
function isOurs(from: HepEnd, to: HepEnd, sipPort: number): boolean {
  const [here, there] = [isHere(from.address), isHere(to.address)];
  return here === there ? to.port !== sipPort : here;
}

function isHere(address: string): boolean {
  if (address.startsWith("127.")) return true;
  return Object.values(networkInterfaces()).some((own) => own?.some((one) => one.address === address));
}

/** RFC 3551 table 4: those that need no `rtpmap`. */
const STATIC: Readonly<Record<string, string>> = { 0: "PCMU", 3: "GSM", 8: "PCMA", 9: "G722", 18: "G729" };

function voiceCodecs(body: string): readonly string[] | null {
  const formats = /^m=audio \d+(?:\/\d+)? \S+ ([\d ]{1,100})/m.exec(body)?.[1];
  if (formats === undefined) return null;
  const named = new Map(
    [...body.matchAll(/^a=rtpmap:(\d{1,3}) ([\w.-]{1,30})\//gm)].map(([, type = "", name = ""]) => [
      type,
      name,
    ]),
  );
  return formats
    .trim()
    .split(/ +/)
    .map((type) => named.get(type) ?? STATIC[type] ?? type);
}
