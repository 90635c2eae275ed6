import { isIP } from "node:net";

/** Where messages are handed over. */
export interface GatewayUrl {
  readonly kind: "smpp" | "http";
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
}

/** 2775 is registered for SMPP; for SMPP over TLS 3550 is what most use. */
const PORTS: Readonly<Record<string, number>> = {
  "smpp:": 2775,
  "smpps:": 3550,
  "https:": 443,
  "http:": 80,
};

/** Placeholders of a URL, in braces, which a URL itself may not have. No others: a URL is logged by whoever it passes. */
const PLACEHOLDER = /\{(username|sender)\}/g;

/**
 * What a gateway's URL says; null for what is none, has a user or password in it, or would send in the clear what is
 * not for this machine. SMPP in the clear is taken: its networks are often private ones.
 */
export function readGatewayUrl(text: string): GatewayUrl | null {
  const plain = text.replace(PLACEHOLDER, "x");
  if (/[{}]/.test(plain) || !URL.canParse(plain)) return null;
  const url = new URL(plain);
  const usual = PORTS[url.protocol];
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  if (usual === undefined || host === "" || url.username !== "" || url.password !== "") return null;
  const kind = url.protocol.startsWith("smpp") ? "smpp" : "http";
  if (kind === "smpp" && (url.pathname.length > 1 || url.search !== "")) return null;
  if (url.protocol === "http:" && !isLoopback(host)) return null;
  const tls = url.protocol === "smpps:" || url.protocol === "https:";
  return { kind, tls, host, port: url.port === "" ? usual : Number(url.port) };
}

/** Whether a host, without brackets, is this machine by its own word. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
