import { isIP } from "node:net";

/** By whom a connection was made that a balancer passes on. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

/**
 * What stands at the head of a connection, by the PROXY protocol, versions 1 and 2
 * (https://www.haproxy.org/download/2.6/doc/proxy-protocol.txt). `length` bytes of it are not the client's; the balancer
 * speaks for itself where `peer` is null.
 */
export type ProxyHeader =
  | { readonly kind: "header"; readonly length: number; readonly peer: Peer | null }
  | { readonly kind: "incomplete" }
  | { readonly kind: "none" };

const SIGNATURE = Buffer.from("0d0a0d0a000d0a515549540a", "hex");
const HEAD_BYTES = 16;
/** More than addresses and what a balancer may add to them. */
const MOST_BYTES = 2_048;
const TEXT = Buffer.from("PROXY ");
/** Section 2.1, with its line end. */
const LONGEST_TEXT = 107;

const NONE = { kind: "none" } as const;
const INCOMPLETE = { kind: "incomplete" } as const;

export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (begins(bytes, SIGNATURE)) return bytes.length < HEAD_BYTES ? INCOMPLETE : binary(bytes);
  if (begins(bytes, TEXT)) return textual(bytes);
  return NONE;
}

/** As far as there are bytes. */
function begins(bytes: Buffer, wanted: Buffer): boolean {
  const length = Math.min(bytes.length, wanted.length);
  return bytes.subarray(0, length).equals(wanted.subarray(0, length));
}

/** Section 2.2. */
function binary(bytes: Buffer): ProxyHeader {
  const [versionAndCommand = 0, family = 0] = bytes.subarray(12, 14);
  const length = HEAD_BYTES + bytes.readUInt16BE(14);
  if (versionAndCommand >> 4 !== 2 || length > MOST_BYTES) return NONE;
  if (bytes.length < length) return INCOMPLETE;
  const command = versionAndCommand & 0x0f;
  if (command > 1) return NONE;
  const said = bytes.subarray(HEAD_BYTES, length);
  return { kind: "header", length, peer: command === 0 ? null : binaryPeer(family, said) };
}

/** Null: of a family without addresses, as of a socket on the balancer's machine. */
function binaryPeer(family: number, said: Buffer): Peer | null {
  if (family === 0x11 && said.length >= 12)
    return { address: said.subarray(0, 4).join("."), port: said.readUInt16BE(8) };
  if (family !== 0x21 || said.length < 36) return null;
  const groups = Array.from({ length: 8 }, (_, at) => said.readUInt16BE(2 * at).toString(16));
  return { address: groups.join(":"), port: said.readUInt16BE(32) };
}

/** Section 2.1. */
function textual(bytes: Buffer): ProxyHeader {
  const end = bytes.indexOf("\r\n");
  if (end < 0) return bytes.length < LONGEST_TEXT ? INCOMPLETE : NONE;
  const length = end + 2;
  if (length > LONGEST_TEXT) return NONE;
  const [, family, address = "", , port = ""] = bytes.subarray(0, end).toString("latin1").split(" ");
  if (family === "UNKNOWN") return { kind: "header", length, peer: null };
  const version = family === "TCP4" ? 4 : family === "TCP6" ? 6 : NaN;
  if (isIP(address) !== version || !/^\d{1,5}$/.test(port)) return NONE;
  return { kind: "header", length, peer: { address, port: Number(port) } };
}
