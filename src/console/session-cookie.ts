import type { IncomingMessage } from "node:http";
import type { Response } from "express";

/**
 * `__Host-`: a browser takes it by TLS only, for this very host, and no sub-domain and no plain page can set one in its
 * place (RFC 6265bis section 4.1.3.2). Strict: it comes with no request that another site has begun.
 */
const NAME = "__Host-honnin";
const ATTRIBUTES = { secure: true, httpOnly: true, sameSite: "strict", path: "/" } as const;

export function setSessionCookie(response: Response, token: string, lifeMs: number): void {
  response.cookie(NAME, token, { ...ATTRIBUTES, maxAge: lifeMs });
}

export function clearSessionCookie(response: Response): void {
  response.clearCookie(NAME, ATTRIBUTES);
}

/** The token that a request carries. */
export function sessionToken({ headers }: Pick<IncomingMessage, "headers">): string | undefined {
  for (const pair of (headers.cookie ?? "").split(";")) {
    const [name, value] = pair.trim().split("=");
    if (name === NAME && value !== undefined && value !== "") return value;
  }
  return undefined;
}
