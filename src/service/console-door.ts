import { makeFirstLink } from "../acts/admin-links.js";
import { createConsole } from "../console/app.js";
import { linkUrl } from "../console/link-url.js";
import { LogInTries } from "../console/log-in-tries.js";
import { hasErrorCode } from "../error-code.js";
import { httpsUrl, reachableHost } from "../http/addresses.js";
import { type ApiServer, listen } from "../http/server.js";
import type { TlsPair } from "../http/tls.js";
import { VERSION } from "../project-dir.js";
import type { Store } from "../store/store.js";
import type { Running } from "./running.js";

/** A browser opens six; descriptors are there for calls first. Who is logged in goes last when there is no room. */
const CONNECTIONS = { total: 256, perAddress: 128 };

export interface ConsoleDoor {
  /** Where people open it. */
  readonly url: string;
  /** The way to the first account, good once and for an hour; null where there is an account. */
  readonly firstLink: string | null;
}

/** @returns null where its port is taken: no reason to answer no calls. */
export async function openConsole(running: Running, store: Store, tls: TlsPair): Promise<ConsoleDoor | null> {
  const { settings, log, clock, teardown, stopping } = running;
  const { host, port, url, sessions } = settings.console;
  // Known once it listens, when a free port was asked for.
  let origin = new URL(url ?? httpsUrl(nameOfHost(host), port));
  const app = createConsole({
    ...{ store, clock, log, sessions },
    origin: () => origin,
    tries: new LogInTries(clock),
    version: VERSION,
  });
  let server: ApiServer;
  try {
    server = await listen(app, tls, host, port, undefined, CONNECTIONS);
  } catch (error) {
    if (!hasErrorCode(error, "EADDRINUSE")) throw error;
    log.error("there is no console: its port is taken (HONNIN_CONSOLE_PORT)", { port });
    return null;
  }
  teardown.add("the console", () => server.close());
  stopping.throwIfAborted();
  if (url === undefined) origin = new URL(httpsUrl(nameOfHost(host), server.port));
  const token = await store.write((db) => makeFirstLink(db, { vault: store.vault, now: clock() }));
  return { url: origin.origin, firstLink: token === null ? null : linkUrl(origin, token) };
}

/** Loopback by its name: passkeys need one, and the certificate that is made here has it. */
function nameOfHost(host: string): string {
  const reachable = reachableHost(host);
  return reachable === "127.0.0.1" || reachable === "::1" ? "localhost" : reachable;
}
