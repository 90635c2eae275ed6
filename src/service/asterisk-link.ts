import { type BundledAsterisk, prepareBundledAsterisk } from "../asterisk/bundled-asterisk.js";
import type { AriConnection } from "../ari/connection.js";
import { chooseConnector, openConnection } from "../ari/connector.js";
import { errorText } from "../log.js";
import { PROJECT_DIR } from "../project-dir.js";
import { APPLICATION } from "../telephony/calls.js";
import { tellWhenReplaced } from "./readiness.js";
import type { Running } from "./running.js";
import type { AriLogin } from "./service-settings.js";
import { unlessStopped } from "./teardown.js";

export interface AsteriskLink {
  /** Up when this is there. */
  readonly ari: AriConnection;
  /** Null with an Asterisk of the user's own. */
  readonly bundled: BundledAsterisk | null;
}

const ARI_READY_MS = 30_000;
/** Room beside the trunk's own limit: test phones, and calls that are being hung up. */
export const SPARE_CALLS = 20;

/**
 * Starts the bundled Asterisk unless the user has one, and connects.
 *
 * @param hasOthers whether another node takes calls, for those that come before anybody is linked to Asterisk.
 */
export async function linkAsterisk(
  running: Running,
  soundsDir: string,
  hasOthers: boolean,
): Promise<AsteriskLink> {
  const { settings, log, metrics, teardown, stopping } = running;
  const bundled = settings.ownAsterisk === null ? await prepare(running, soundsDir, hasOthers) : null;
  stopping.throwIfAborted();
  if (bundled !== null) {
    teardown.add("Asterisk", () => bundled.stop());
    await unlessStopped(stopping, bundled.start(), () => bundled.stop());
  }
  const login = bundled === null ? settings.ownAsterisk : loginOf(bundled);
  if (login === null) throw new Error("neither an Asterisk of the user's own nor the bundled one");
  const access = {
    ...login,
    application: APPLICATION,
    onTrouble: (what: string, error?: unknown) => {
      log.warn(what, error === undefined ? {} : { error: errorText(error) });
    },
    onRequestEnd: metrics.ari.onRequestEnd,
  };
  const connector = await chooseConnector(
    settings.ariConnector,
    access,
    ARI_READY_MS,
    bundled?.version,
    stopping,
  );
  stopping.throwIfAborted();
  log.info("driving Asterisk", { connector });
  const ari = openConnection(connector, access);
  teardown.add("the link to Asterisk", () => ari.close());
  bundled?.judgeBy(() => ari.silent);
  tellWhenReplaced(ari, APPLICATION, log);
  await unlessStopped(stopping, ari.ready(ARI_READY_MS), () => ari.close());
  return { ari, bundled };
}

function loginOf({ ariUrl, ariUsername, ariPassword }: BundledAsterisk): AriLogin {
  return { url: ariUrl, username: ariUsername, password: ariPassword };
}

function prepare(
  { settings, log }: Running,
  soundsDir: string,
  hasOthers: boolean,
): Promise<BundledAsterisk> {
  const { dataDir, sip, trunks, didSpellings, routes, dialing } = settings;
  return prepareBundledAsterisk({
    dataDir,
    projectDir: PROJECT_DIR,
    soundsDir,
    sipHost: sip.host,
    sipHostV6: sip.hostV6,
    sipPort: sip.port,
    sipTls: sip.tls,
    trunks,
    dids: didSpellings,
    hasOthers,
    testPhones: routes.testPhones.size > 0,
    maxCalls: dialing.maxCalls + SPARE_CALLS,
    sipTimers: sip,
    progress: (line) => {
      log.info(line);
    },
    log: (level, line) => {
      log[level](line, { from: "asterisk" });
    },
  });
}
