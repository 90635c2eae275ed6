import path from "node:path";
import type { Config } from "./config.js";
import { httpsUrl, reachableHost } from "./http/addresses.js";
import type { Logger } from "./log.js";
import { Metrics } from "./metrics/metrics.js";
import { PROJECT_DIR } from "./project-dir.js";
import { callPrompts } from "./prompts/call-prompts.js";
import { openCatalogue } from "./prompts/catalogue.js";
import { linkAsterisk } from "./service/asterisk-link.js";
import { type ConsoleDoor, openConsole } from "./service/console-door.js";
import { openDoors } from "./service/doors.js";
import { FreeDisk } from "./service/free-disk.js";
import { liveSources } from "./service/live-sources.js";
import { countStored, observe } from "./service/observed.js";
import { joinNodes, takePart } from "./service/joined-nodes.js";
import { MessageSide } from "./service/message-side.js";
import { openPayeeVoice } from "./service/payee-voice.js";
import { openSounds } from "./service/prompt-sounds.js";
import { patientStart } from "./service/patient-start.js";
import { phoneSide } from "./service/phone-side.js";
import type { Running } from "./service/running.js";
import { openServiceSocket } from "./service/service-socket.js";
import { type ServiceClock, serviceClock } from "./service/service-clock.js";
import { serviceSettings } from "./service/service-settings.js";
import { Teardown } from "./service/teardown.js";
import { TelephoneSide } from "./service/telephone-side.js";
import { tellTraces } from "./service/traces.js";
import { openStore } from "./service/opened-store.js";
import type { CallEvents } from "./telephony/call-events.js";

export interface Service {
  /** For callers on this machine. */
  readonly apiUrl: string;
  /** Where people open the console, and the link to its first account while there is none; null: its port is taken. */
  readonly console: ConsoleDoor | null;
  readonly opsPort: number;
  /** The certificate to trust when calling {@link apiUrl}. */
  readonly certFile: string;
  /** Looks now whether it was renewed. */
  readonly readCertificate: () => Promise<void>;
  readonly sipPort: number;
  /** Softphone accounts of the bundled Asterisk; empty with an Asterisk of the user's own. */
  readonly testPhones: readonly { readonly name: string; readonly password: string }[];
  readonly calls: CallEvents;
  /** Of the bundled Asterisk, while one runs. */
  readonly asteriskPid: () => number | null;
  /** Names of the channels that Asterisk has at this moment. */
  readonly channels: () => Promise<readonly string[]>;
  /** No new calls; those in progress finish within the drain time; then everything is closed. */
  stop(drainMs?: number): Promise<void>;
}

const SOUNDS_DIR = path.join(PROJECT_DIR, "sounds");

/**
 * Starts the whole service. What has been started is stopped again when a later step fails. While the database is only
 * away, or busy, it is tried again.
 *
 * @param stopping a stop that is asked for while it starts is heeded at the next step: nothing is dialled after it.
 * @param soundsDir the shipped prompts, a folder a locale.
 * @throws what the signal was aborted with.
 */
export async function startService(
  config: Config,
  log: Logger,
  stopping = new AbortController().signal,
  soundsDir = SOUNDS_DIR,
): Promise<Service> {
  return patientStart(() => startOnce(config, log, stopping, soundsDir), { log, stopping });
}

async function startOnce(
  config: Config,
  log: Logger,
  stopping: AbortSignal,
  soundsDir: string,
): Promise<Service> {
  const teardown = new Teardown(log);
  try {
    const settings = serviceSettings(config);
    const metrics = new Metrics(
      settings.trunks.map(({ name }) => name),
      settings.gateways.map(({ name }) => name),
    );
    const time = serviceClock();
    const running = { settings, log, clock: time.now, metrics, teardown, stopping };
    return await start(running, time, soundsDir);
  } catch (error) {
    await teardown.run();
    // Whatever failed because it was broken off.
    stopping.throwIfAborted();
    throw error;
  }
}

/** What is set up last is undone first. */
async function start(running: Running, time: ServiceClock, soundsDir: string): Promise<Service> {
  const { settings, log, metrics, teardown } = running;
  const store = await openStore(running);
  if (store.isShared) time.goBy(() => store.now());
  const membership = await joinNodes(running, store);
  countStored(running, store);
  const shipped = openCatalogue(soundsDir);
  const sounds = await openSounds(running, store);
  const prompts = callPrompts(store, sounds, shipped, metrics.onPromptMissing);
  const link = await linkAsterisk(running, soundsDir, membership.hasOthers);
  const payees = openPayeeVoice(running, store, soundsDir, sounds);
  const telephones = new TelephoneSide(running, link, store, prompts, payees, membership);
  const messages = MessageSide.open(running, store, membership);
  const disk = new FreeDisk(settings.writtenTo, settings.minFreeDisk, log);
  teardown.add("the look at the disk", () => {
    disk.stop();
  });
  await disk.start();
  const doors = await openDoors(running, store, link, telephones, messages, disk, membership);
  observe(running, { store, link, telephones, disk, doors, membership });
  const { api, opsPort, certificate, health } = doors;
  const sources = liveSources(running, link, telephones, disk, certificate);
  const phone = phoneSide(settings, link, telephones);
  const apiUrl = httpsUrl(reachableHost(settings.api.host), api.port);
  const door = await openConsole(running, store, certificate, { sources, soundsDir, phone, apiUrl });
  const { vault } = store;
  const ports = { api: api.port, ops: opsPort };
  await openServiceSocket(running, link, { health, vault, ports, sms: messages.standings });
  takePart(running, store, membership, telephones, link.ari);
  await tellTraces(running, store, telephones.events);
  let { drainMs } = settings;
  await messages.start();
  await telephones.start(() => drainMs);
  const { host } = settings.api;
  const { ari, bundled } = link;
  log.info("honnin is ready", {
    ...{ api: httpsUrl(host, api.port), console: door?.url, ops: opsPort, sip: bundled?.sipPort },
  });
  return {
    apiUrl,
    console: door,
    opsPort,
    certFile: certificate.pair.certFile,
    readCertificate: () => certificate.look(),
    sipPort: bundled?.sipPort ?? settings.sip.port,
    testPhones: bundled?.testPhones ?? [],
    calls: telephones.events,
    asteriskPid: () => bundled?.pid ?? null,
    channels: async () => (await ari.listChannels()).map((channel) => channel.name),
    stop: async (ms) => {
      drainMs = ms ?? drainMs;
      await teardown.run();
    },
  };
}
