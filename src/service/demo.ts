import type { RequestHandler } from "express";
import { pinnedAgent } from "../cli/pinned-agent.js";
import { DemoKey } from "../demo-site/demo-key.js";
import { demoSite } from "../demo-site/demo-site.js";
import type { Certificate } from "../http/certificate.js";
import type { Store } from "../store/store.js";
import type { Running } from "./running.js";

/** The demonstration site, a client of the API at this address like any other; null where it is not wanted. */
export function openDemo(
  { settings, log, clock, teardown }: Running,
  store: Store,
  certificate: Certificate,
  apiUrl: string,
): RequestHandler | null {
  if (!settings.console.demo) return null;
  const key = new DemoKey(store, clock);
  const agent = pinnedAgent(certificate.pair.certFile, { expected: () => certificate.pair.cert });
  teardown.add("the demonstration site", async () => {
    agent.destroy();
    await key.revoke();
  });
  return demoSite({
    ...{ apiUrl, agent, log },
    key: () => key.current(),
    did: settings.didSpellings[0] ?? null,
    numbers: [...settings.routes.testPhones.keys()],
  });
}
