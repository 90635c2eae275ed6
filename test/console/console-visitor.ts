import type { AdminRole } from "../../src/admins/role.js";
import type { CallService } from "../calls/call-service.js";
import { ConsoleBrowser } from "./console-browser.js";
import { PASSWORD, totpCode } from "./console-fixture.js";

/** An account at the console of a whole service, made by a link, and logged in. @param token of the link. */
async function accept(browser: ConsoleBrowser, token: string, name: string): Promise<ConsoleBrowser> {
  const look = await browser.post("/api/links/look", { token });
  const { secret } = look.json["totp"] as { secret: string };
  const code = totpCode(secret, Date.now());
  const used = await browser.post("/api/links/password", { token, name, password: PASSWORD, code });
  if (used.status !== 201) throw new Error(`the link was refused: ${used.text}`);
  return browser;
}

/** Where the console of a service is. */
export function consoleOf({ service }: Pick<CallService, "service">): { url: string; certFile: string } {
  if (service.console === null) throw new Error("the service has no console");
  return { url: service.console.url, certFile: service.certFile };
}

/** The first account of a service: an administrator. */
export async function firstAdmin(calls: Pick<CallService, "service">): Promise<ConsoleBrowser> {
  const { url, certFile } = consoleOf(calls);
  const token = calls.service.console?.firstLink?.split("#")[1] ?? "";
  return accept(new ConsoleBrowser(url, certFile), token, "manager");
}

/** Another account, invited by that one. */
export async function colleague(
  calls: Pick<CallService, "service">,
  admin: ConsoleBrowser,
  name: string,
  role: AdminRole,
): Promise<ConsoleBrowser> {
  const { url, certFile } = consoleOf(calls);
  const { json } = await admin.post("/api/admins", { name, role });
  const token = String(json["url"]).split("#")[1] ?? "";
  return accept(new ConsoleBrowser(url, certFile), token, name);
}
