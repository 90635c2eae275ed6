import type { VNode } from "preact";
import { type AdminRole, mayAs } from "../../src/admins/role.js";
import { AccountPage } from "./pages/account.js";
import { AdminsPage } from "./pages/admins.js";
import { AuditPage } from "./pages/audit.js";
import { NowPage } from "./pages/now.js";
import { TestCallPage } from "./pages/test-call.js";
import { ClientsPage } from "./pages/clients.js";
import { PromptsPage } from "./pages/prompts/prompts.js";
import { StatisticsPage } from "./pages/statistics.js";
import { UsagePage } from "./pages/usage.js";
import { VerificationPage } from "./pages/verification.js";
import { VerificationsPage } from "./pages/verifications.js";
import { Page } from "./parts/page.js";
import { text, type Text } from "./text/text.js";

interface Route {
  /** The first part of the path; what follows is the page's own. */
  readonly path: string;
  readonly name: keyof Text & `nav${string}`;
  readonly role: AdminRole;
  readonly page: (rest: string) => VNode;
}

/** Every page of the console, in the order of the menu. */
export const ROUTES: readonly Route[] = [
  { path: "now", name: "navNow", role: "viewer", page: () => <NowPage /> },
  { path: "test-call", name: "navTestCall", role: "operator", page: () => <TestCallPage /> },
  { path: "clients", name: "navClients", role: "viewer", page: (rest) => <ClientsPage rest={rest} /> },
  { path: "prompts", name: "navPrompts", role: "viewer", page: (rest) => <PromptsPage rest={rest} /> },
  { path: "statistics", name: "navStatistics", role: "viewer", page: () => <StatisticsPage /> },
  { path: "usage", name: "navUsage", role: "viewer", page: () => <UsagePage /> },
  {
    ...{ path: "verifications", name: "navVerifications", role: "viewer" },
    page: (rest) => (rest === "" ? <VerificationsPage /> : <VerificationPage path={rest} />),
  },
  { path: "admins", name: "navAdmins", role: "admin", page: () => <AdminsPage /> },
  { path: "audit", name: "navAudit", role: "admin", page: () => <AuditPage /> },
  { path: "account", name: "navAccount", role: "viewer", page: () => <AccountPage /> },
];

/** The page of an address. A role that may not see it is told that there is none: so does the service. */
export function routeOf(path: string, role: AdminRole): VNode {
  const [first = "", ...rest] = path.split("/").filter((part) => part !== "");
  const known = ROUTES.filter((route) => mayAs(role, route.role));
  const route = first === "" ? known[0] : known.find((one) => one.path === first);
  if (route === undefined) {
    return (
      <Page title={text.value.errNotFound}>
        <p>
          <a href="/">{text.value.back}</a>
        </p>
      </Page>
    );
  }
  return <div key={path}>{route.page(rest.join("/"))}</div>;
}
