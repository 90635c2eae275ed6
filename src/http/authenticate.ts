import type { Request, RequestHandler, Response } from "express";
import type { ClientSettings } from "../clients/client-settings.js";
import type { Admission } from "./admission.js";

const CLIENT = Symbol("client");

interface Admitted {
  readonly clientId: string;
  readonly settings: ClientSettings;
}

interface Authenticated {
  [CLIENT]?: Admitted;
}

/** Lets nobody pass whose key, or whose address, is not a client's. */
export function authenticate(admission: Admission): RequestHandler {
  return async (request, response, next) => {
    (response.locals as Authenticated)[CLIENT] = await admission.admit(request);
    next();
  };
}

/** The client that this request speaks for. */
export function clientOf(_request: Request, response: Response): string {
  return admittedTo(response).clientId;
}

/** The settings of that client, as they were when the request came. */
export function settingsOf(response: Response): ClientSettings {
  return admittedTo(response).settings;
}

function admittedTo(response: Response): Admitted {
  const client = (response.locals as Authenticated)[CLIENT];
  if (client === undefined) throw new Error("the route is not behind authenticate()");
  return client;
}
