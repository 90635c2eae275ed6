import type { AdminRole } from "../../src/admins/role.js";
import { text } from "./text/text.js";

export function roleText(role: AdminRole): string {
  const { roleViewer, roleOperator, roleAdmin } = text.value;
  return { viewer: roleViewer, operator: roleOperator, admin: roleAdmin }[role];
}

export function roleMeaning(role: AdminRole): string {
  const { roleViewerMeans, roleOperatorMeans, roleAdminMeans } = text.value;
  return { viewer: roleViewerMeans, operator: roleOperatorMeans, admin: roleAdminMeans }[role];
}
