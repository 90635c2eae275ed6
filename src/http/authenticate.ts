import type { Request, RequestHandler, Response } from "express";
import { findClientOfKey } from "../store/api-keys.js";
import type { Store } from "../store/store.js";
import type { Clock } from "../clock.js";
import { Problem } from "./problem.js";

const CLIENT = Symbol("client");

interface Authenticated {
  [CLIENT]?: string;
}

/** RFC 6750 section 2.1: the key comes in the header and nowhere else, so that no URL ever has it. */
export function authenticate(store: Store, clock: Clock): RequestHandler {
  return async (request, response, next) => {
    const key = bearerKey(request.get("authorization"));
    const found = await findClientOfKey(store.read, key, clock());
    if (found === undefined) throw new Problem("unauthorized", "the API key is unknown, revoked or expired");
    (response.locals as Authenticated)[CLIENT] = found.clientId;
    next();
  };
}

/** @throws {Problem} when the header is not a bearer key. */
export function bearerKey(authorization: string | undefined): string {
  const key = /^Bearer ([A-Za-z0-9._~+/-]{1,200}=*)$/i.exec(authorization ?? "")?.[1];
  if (key === undefined) throw new Problem("unauthorized", "send Authorization: Bearer <api key>");
  return key;
}

/** The client that this request speaks for. */
export function clientOf(_request: Request, response: Response): string {
  const client = (response.locals as Authenticated)[CLIENT];
  if (client === undefined) throw new Error("the route is not behind authenticate()");
  return client;
}
