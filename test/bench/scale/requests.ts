import { readFileSync } from "node:fs";
import path from "node:path";
import autocannon from "autocannon";
import type { HonninContender } from "../calls/contenders/honnin.js";
import { KEYS } from "../calls/conversation.js";
import { freshNumbers } from "../calls/cpu-per-call.js";
import { type Parts, usageOf, usedBetween } from "./part-usage.js";

export const CONNECTIONS = 20;

/** Requests made as fast as they are answered. */
export interface Requests {
  /** A second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly failed: number;
  /** CPU milliseconds a request, by part. */
  readonly cpu: ReadonlyMap<string, number>;
}

/** Asks for the result of one verification again and again. */
export async function askResults(honnin: HonninContender, parts: Parts, seconds: number): Promise<Requests> {
  const id = await honnin.api.register(inbound());
  return fire(honnin, parts, seconds, {
    method: "POST",
    path: "/v1/verifications/result",
    body: JSON.stringify({ id }),
  });
}

/** Registers people who would call, so that nobody is called. */
export function registerFast(honnin: HonninContender, parts: Parts, seconds: number): Promise<Requests> {
  return fire(honnin, parts, seconds, {
    method: "POST",
    path: "/v1/verifications",
    setupRequest: (request) => ({ ...request, body: JSON.stringify(inbound()) }),
  });
}

/** It is over before the verification expires, which would be work of its own. */
export function inbound(): Readonly<Record<string, unknown>> {
  const [number] = freshNumbers(1);
  return { phone_number: number, direction: "inbound", code: KEYS, expires_in: 600 };
}

async function fire(
  { api, dataDir }: HonninContender,
  parts: Parts,
  seconds: number,
  request: autocannon.Request,
): Promise<Requests> {
  const before = usageOf(parts);
  const { requests, latency, errors, non2xx } = await autocannon({
    url: api.url,
    connections: CONNECTIONS,
    duration: seconds,
    tlsOptions: { ca: readFileSync(path.join(dataDir, "tls/cert.pem")) },
    headers: { authorization: `Bearer ${api.key}`, "content-type": "application/json" },
    requests: [request],
  });
  const { parts: used } = usedBetween(before, usageOf(parts), parts);
  return {
    rate: requests.average,
    p50: latency.p50,
    p99: latency.p99,
    failed: errors + non2xx,
    cpu: new Map([...used].map(([part, ms]) => [part, ms / requests.total])),
  };
}
