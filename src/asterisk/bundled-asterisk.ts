import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { ensureAsterisk } from "./asterisk-installation.js";
import type { AsteriskInstallation } from "./asterisk-installation.js";
import { hasBrowserPhones, type PhoneSocket, phoneSocketAt } from "./browser-phones.js";
import { askAsterisk, MAX_TABLE_BYTES } from "./control-socket.js";
import { claimableSipPort, freeTcpPort } from "./free-port.js";
import { hostNameTrouble } from "./host-name.js";
import type { LogLevel } from "./output-log.js";
import { RegistrationTurns, TURNS_FILE } from "./registration-turns.js";
import {
  laterRegistrations,
  renderConfiguration,
  type SipTls,
  type TestPhone,
} from "./render-configuration.js";
import { KeyBeginnings } from "./key-beginnings.js";
import { type Overheard, overheardBy } from "./overheard.js";
import { RTP_PORTS } from "./rtp-ports.js";
import { controlSocketDir } from "./run-directory.js";
import { ensureSecretFile } from "./secret-file.js";
import { SipCapture } from "./sip-capture.js";
import { AsteriskSupervisor } from "./supervisor.js";
import { ensureTestPhones } from "./test-phones.js";
import { registrationKey } from "../trunks/contact.js";
import { TrunkRegistration } from "./trunk-registration.js";
import { completeTrunk, type TrunkSettings } from "./trunk-settings.js";
import { writeConfiguration } from "./write-configuration.js";

export interface BundledAsteriskSettings {
  /** Everything that Asterisk writes goes to `asterisk/` in it. */
  readonly dataDir: string;
  /** Holds `asterisk-config/` and `.honnin/`. */
  readonly projectDir: string;
  /** Absolute; prompts as `<locale>/<id>.<format>`. */
  readonly soundsDir: string;
  /** An IP address. */
  readonly sipHost: string;
  /** An IPv6 address, for trunks that are reached so. */
  readonly sipHostV6?: string | undefined;
  /** 0 finds a free one. */
  readonly sipPort: number;
  /** For trunks by TLS. */
  readonly sipTls?: SipTls;
  /** Without one nothing but the test telephones can be called. */
  readonly trunks: readonly TrunkSettings[];
  /** E.164 or national, digits only. */
  readonly dids: readonly string[];
  /** Whether another node can take a call that nobody takes here. Default no. */
  readonly hasOthers?: boolean;
  /** Whether softphones may register. They may call as any number: only where things are tried out. Default yes. */
  readonly testPhones?: boolean;
  /** Default 10000-19999: 5,000 calls. */
  readonly rtpPorts?: { readonly start: number; readonly end: number };
  /** Default RFC 3261's 500 and 32000. */
  readonly sipTimers?: { readonly t1Ms: number; readonly bMs: number };
  /** Calls at one time, in and out together. Default 1000. */
  readonly maxCalls?: number;
  /** Default: the machine's own Asterisk if it is new enough, else the fetched one. */
  readonly installation?: AsteriskInstallation;
  /** What a person who waits wants to read: a first start may fetch Asterisk. */
  readonly progress: (line: string) => void;
  readonly log: (level: LogLevel, line: string) => void;
}

export interface BundledAsterisk {
  /** `http://127.0.0.1:port`; the port is another at each preparation. */
  readonly ariUrl: string;
  readonly ariUsername: string;
  readonly ariPassword: string;
  readonly sipPort: number;
  readonly testPhones: readonly TestPhone[];
  /** Where telephones in browsers are relayed to; null where there are none. */
  readonly phoneSocket: PhoneSocket | null;
  /** Upstream's, e.g. `22.10.1`. */
  readonly version: string;
  /** What ARI does not tell of its calls. */
  readonly overheard: Overheard;
  /** Of the Asterisk that runs now; null while none does. */
  readonly pid: number | null;
  /** Of the trunks at which we register. */
  readonly registrations: readonly Pick<TrunkRegistration, "name" | "refused" | "taken">[];
  /** Answers a command as `asterisk -rx` does. Rejects while none runs. */
  readonly ask: (command: string) => Promise<string>;
  /** Tells of ends and restarts. */
  readonly supervisor: AsteriskSupervisor;
  /** See {@link AsteriskSupervisor.judgeBy}. */
  judgeBy(isSilent: () => boolean): void;
  /** Resolves when ARI answers. */
  start(): Promise<void>;
  /** Resolves when the process is gone. */
  stop(): Promise<void>;
}

const ARI_USERNAME = "honnin";
const ARI_PASSWORD_BYTES = 32;
/** 0.3 s is usual, 3 s on a busy machine. */
const READY_DEADLINE_MS = 30_000;
/** A resolver may try two servers twice, 5 s each, for IPv4 and again for IPv6. */
const SLOW_READY_DEADLINE_MS = 90_000;

/**
 * Finds or fetches an Asterisk, configures it for these settings and readies it to be started. An Asterisk
 * that an earlier, killed run left behind with the same data directory is ended here.
 */
export async function prepareBundledAsterisk(settings: BundledAsteriskSettings): Promise<BundledAsterisk> {
  const { projectDir, progress, log } = settings;
  const installation = settings.installation ?? (await ensureAsterisk({ projectDir, progress }));
  const dir = join(settings.dataDir, "asterisk");
  const configDir = join(dir, "etc");
  const stateDir = join(dir, "state");
  // `res_crypto` complains of a folder for keys that is not there, though none is kept.
  for (const folder of ["spool", "keys"]) {
    await mkdir(join(stateDir, folder), { recursive: true, mode: 0o700 });
  }
  const ari = {
    port: await freeTcpPort(),
    username: ARI_USERNAME,
    password: await ensureSecretFile(join(dir, "ari-password"), ARI_PASSWORD_BYTES),
  };
  const testPhones =
    settings.testPhones === false ? [] : await ensureTestPhones(join(dir, "test-phones.json"));
  const trouble = await hostNameTrouble();
  if (trouble !== null) log("warn", trouble);
  const runDir = await controlSocketDir(join(dir, "run"));
  const socketPath = join(runDir, "asterisk.ctl");
  const beginnings = new KeyBeginnings();
  const templateDir = join(projectDir, "asterisk-config");
  const turns = new RegistrationTurns({
    file: join(configDir, TURNS_FILE),
    texts: laterRegistrations(templateDir, settings),
    ask: (command) => askAsterisk(socketPath, command),
    log,
  });
  const supervisor = new AsteriskSupervisor({
    installation,
    configDir,
    runDir: dir,
    ari,
    log,
    hear: (line) => {
      beginnings.hear(line);
    },
    beforeStart: async () => {
      await controlSocketDir(join(dir, "run"));
      await turns.reset();
    },
    readyDeadlineMs: trouble === null ? READY_DEADLINE_MS : SLOW_READY_DEADLINE_MS,
  });
  supervisor.on("exited", () => {
    beginnings.forget();
  });
  supervisor.on("started", () => {
    turns.begin();
  });
  await supervisor.endStale();
  const sipPort = await claimableSipPort(settings.sipHost, settings.sipPort);
  const capture = await SipCapture.open();
  const registrations = settings.trunks
    .filter(({ register }) => register === true)
    .map((trunk) => {
      const key = registrationKey(completeTrunk(trunk), settings.dids);
      const answer = (): string | undefined => capture.registerAnswer(key);
      return new TrunkRegistration({ trunk: trunk.name, socketPath, log, answer });
    });
  try {
    const files = renderConfiguration(templateDir, {
      version: installation.version,
      configDir,
      stateDir,
      runDir,
      moduleDir: installation.moduleDir,
      assetDir: installation.assetDir,
      soundsDir: settings.soundsDir,
      ari,
      sipHost: settings.sipHost,
      sipHostV6: settings.sipHostV6,
      sipPort,
      ...(settings.sipTls === undefined ? {} : { sipTls: settings.sipTls }),
      sipTimers: settings.sipTimers ?? { t1Ms: 500, bMs: 32_000 },
      rtpPorts: settings.rtpPorts ?? RTP_PORTS,
      maxCalls: settings.maxCalls ?? 1_000,
      trunks: settings.trunks,
      sipCapture: capture,
      dids: settings.dids,
      hasOthers: settings.hasOthers ?? false,
      testPhones,
    });
    await writeConfiguration(configDir, files);
  } catch (error) {
    await capture.close();
    throw error;
  }
  return {
    ariUrl: `http://127.0.0.1:${String(ari.port)}`,
    ariUsername: ari.username,
    ariPassword: ari.password,
    sipPort,
    testPhones,
    phoneSocket: hasBrowserPhones({ testPhones, version: installation.version })
      ? phoneSocketAt(ari.port)
      : null,
    version: installation.version,
    get pid() {
      return supervisor.pid;
    },
    registrations,
    ask: (command) => askAsterisk(socketPath, command, MAX_TABLE_BYTES),
    supervisor,
    judgeBy: (isSilent) => {
      supervisor.judgeBy(isSilent);
    },
    overheard: overheardBy(capture, beginnings),
    start: async () => {
      await supervisor.start();
      for (const registration of registrations) registration.start();
    },
    stop: async () => {
      await Promise.all(registrations.map((registration) => registration.stop()));
      await turns.stop();
      await supervisor.stop();
      await capture.close();
      // It may lie outside the data directory, where nobody else would tidy up.
      await rm(runDir, { recursive: true, force: true });
    },
  };
}
