import type { Request } from "express";
import { findClient } from "../../../store/clients.js";
import type { ClientTable } from "../../../store/schema.js";
import type { Store } from "../../../store/store.js";
import { Refusal } from "../../refusal.js";

/** The client that the path names. @throws {Refusal} `not_found` */
export async function namedClient(store: Store, request: Request): Promise<ClientTable> {
  const client = await findClient(store.read, String(request.params["id"]));
  if (client === undefined) throw new Refusal("not_found", "there is no such client");
  return client;
}
