import type { Response } from "express";

interface Standing {
  readonly quota: number;
  readonly windowS: number;
  readonly remaining: number;
  readonly waitS: number;
}

/** The fields of draft-ietf-httpapi-ratelimit-headers-10, as RFC 9651 lists of one. */
export function tellLimit(
  response: Response,
  name: string,
  { quota, windowS, remaining, waitS }: Standing,
): void {
  response.setHeader("RateLimit-Policy", `"${name}";q=${quota};w=${windowS}`);
  response.setHeader("RateLimit", `"${name}";r=${remaining};t=${waitS}`);
}
