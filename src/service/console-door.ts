import { makeFirstLink } from "../acts/admin-links.js";
import { createConsole } from "../console/app.js";
import type { LiveSources } from "../console/live/live-sources.js";
import { LiveUpgrade } from "../console/live/live-upgrade.js";
import { EnrollmentImports } from "../console/import/enrollment-imports.js";
import type { ConsoleParts, TestCallParts } from "../console/console-parts.js";
import { linkUrl } from "../console/link-url.js";
import { createPhoneRelay } from "../console/phone/phone-relay.js";
import type { PhoneParts } from "../console/phone/phone-parts.js";
import { LogInTries } from "../console/log-in-tries.js";
import { upgradesOf } from "../console/upgrades.js";
import { hasErrorCode } from "../error-code.js";
import { httpsUrl, reachableHost } from "../http/addresses.js";
import { FILE_MS } from "../http/body-deadline.js";
import { type ApiServer, listen } from "../http/server.js";
import type { Certificate } from "../http/certificate.js";
import { VERSION } from "../project-dir.js";
import type { Decoder } from "../prompts/decode.js";
import { openPromptLibrary } from "../prompts/library.js";
import { SoundThread } from "../prompts/sound-thread.js";
import type { Store } from "../store/store.js";
import { dialString } from "../telephony/route.js";
import { findDecoder } from "./prompt-decoder.js";
import { openDemo } from "./demo.js";
import type { Running } from "./running.js";
import type { ServiceSettings } from "./service-settings.js";

/** A browser opens six; descriptors are there for calls first. Who is logged in goes last when there is no room. */
const CONNECTIONS = { total: 256, perAddress: 128 };

export interface ConsoleDoor {
  /** Where people open it. */
  readonly url: string;
  /** The way to the first account, good once and for an hour; null where there is an account. */
  readonly firstLink: string | null;
  /** Where to begin where the demonstration site is on; null where it is not. */
  readonly startUrl: string | null;
}

/** What the console shows and does that others of the service know or hold. */
interface Surroundings {
  readonly sources: LiveSources;
  readonly soundsDir: string;
  /** Undefined: there are no telephones in browsers. */
  readonly phone: PhoneParts | undefined;
  /** Of the public API, which the demonstration site calls as anybody would. */
  readonly apiUrl: string;
}

/** @returns null where its port is taken: no reason to answer no calls. */
export async function openConsole(
  running: Running,
  store: Store,
  certificate: Certificate,
  { sources, soundsDir, phone, apiUrl }: Surroundings,
): Promise<ConsoleDoor | null> {
  const { settings, log, clock, teardown, stopping } = running;
  const { host, port, url, sessions } = settings.console;
  // Known once it listens, when a free port was asked for.
  let origin = new URL(url ?? httpsUrl(nameOfHost(host), port));
  const imports = new EnrollmentImports(store, clock, log);
  teardown.add("files of enrollments", () => imports.stop());
  const prompts = makingOfPrompts(running, store, soundsDir);
  const demo = openDemo(running, store, certificate, apiUrl);
  const parts: ConsoleParts = {
    ...{ store, clock, log, sessions, prompts, phone },
    onAnswered: running.metrics.http.onConsole,
    origin: () => origin,
    tries: new LogInTries(clock),
    tariff: settings.tariff,
    receipts: settings.receipts,
    budget: settings.calls.limits.calls.budget,
    trunkMaxCalls: settings.dialing.maxCalls,
    version: VERSION,
    testCalls: testCalls(settings, sources),
    clients: {
      limits: settings.calls.limits,
      dids: settings.dids,
      sendsMessages: settings.gateways.length > 0,
      diskHasRoom: () => sources.disk().hasRoom,
      webhooks: { allowPrivate: settings.webhookAllowPrivate },
      imports,
    },
    ...(demo === null ? {} : { demo }),
  };
  const live = new LiveUpgrade({ store, clock, log, sessions }, sources);
  const relay = phone === undefined ? undefined : createPhoneRelay(parts, phone);
  const upgrade = upgradesOf(live, relay);
  let server: ApiServer;
  try {
    const { trustedProxies } = settings.api.connections;
    const caps = { ...CONNECTIONS, trustedProxies };
    server = await listen(createConsole(parts), certificate.pair, host, port, upgrade, caps, FILE_MS);
  } catch (error) {
    await live.close();
    if (!hasErrorCode(error, "EADDRINUSE")) throw error;
    log.error("there is no console: its port is taken (HONNIN_CONSOLE_PORT)", { port });
    return null;
  }
  teardown.add("the console", () => server.close());
  certificate.onRenewal((pair) => {
    server.renew(pair);
  });
  teardown.add("the pages that watch", () => live.close());
  if (relay !== undefined) teardown.add("telephones in browsers", () => relay.close());
  stopping.throwIfAborted();
  if (url === undefined) origin = new URL(httpsUrl(nameOfHost(host), server.port));
  const token = await store.write((db) => makeFirstLink(db, { vault: store.vault, now: clock() }));
  return {
    url: origin.origin,
    firstLink: token === null ? null : linkUrl(origin, token),
    startUrl: demo === null ? null : `${origin.origin}/start`,
  };
}

function makingOfPrompts(running: Running, store: Store, soundsDir: string): ConsoleParts["prompts"] {
  const { settings, log, clock, teardown } = running;
  const library = openPromptLibrary(store, settings.promptsDir, soundsDir, clock);
  const decoder = (): Promise<Decoder> =>
    findDecoder((line) => {
      log.info("fetching the decoder of recordings", { progress: line });
    });
  const sounds = new SoundThread(decoder, library.dir);
  teardown.add("the making of prompts", () => sounds.close());
  return { library, sounds };
}

/** The same that bounds those of the API. */
function testCalls(
  { calls, outboundAllow, routes }: ServiceSettings,
  { service, disk }: LiveSources,
): TestCallParts {
  return {
    limits: calls.limits,
    outboundAllow,
    canCall: (number) => dialString(number, routes) !== null,
    trouble: () => {
      if (service() === "stopping") return "the service is stopping";
      return disk().hasRoom ? null : "the disk is nearly full";
    },
    testPhones: routes.testPhones,
  };
}

/** Loopback by its name: passkeys need one, and the certificate that is made here has it. */
function nameOfHost(host: string): string {
  const reachable = reachableHost(host);
  return reachable === "127.0.0.1" || reachable === "::1" ? "localhost" : reachable;
}
