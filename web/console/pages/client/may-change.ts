import { mayAs } from "../../../../src/admins/role.js";
import { me } from "../../session.js";

/** Whether who is logged in may change clients. */
export function mayChangeClients(): boolean {
  return mayAs(me.value?.role ?? "viewer", "admin");
}
