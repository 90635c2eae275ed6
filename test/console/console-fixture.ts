import path from "node:path";
import { Secret, TOTP } from "otpauth";
import type { AdminRole } from "../../src/admins/role.js";
import { inviteAdmin, makeFirstLink } from "../../src/acts/admin-links.js";
import { BY_COMMAND } from "../../src/acts/audit-who.js";
import { createConsole } from "../../src/console/app.js";
import type { ClientParts } from "../../src/console/client-parts.js";
import { EnrollmentImports } from "../../src/console/import/enrollment-imports.js";
import type { ConsoleParts } from "../../src/console/console-parts.js";
import type { PhoneParts } from "../../src/console/phone/phone-parts.js";
import { createPhoneRelay, type PhoneRelayLimits } from "../../src/console/phone/phone-relay.js";
import type { LiveSources } from "../../src/console/live/live-sources.js";
import { LiveUpgrade } from "../../src/console/live/live-upgrade.js";
import { upgradesOf } from "../../src/console/upgrades.js";
import { LogInTries } from "../../src/console/log-in-tries.js";
import { listen } from "../../src/http/server.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { openPromptLibrary } from "../../src/prompts/library.js";
import { SoundThread } from "../../src/prompts/sound-thread.js";
import type { Store } from "../../src/store/store.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { LIMITS } from "../support/api-fixture.js";
import { SHIPPED_SOUNDS } from "../phones/prompt-index.js";
import { ffmpeg } from "../prompts/recording-files.js";
import { DEFAULT_TARIFF } from "../../src/usage/tariff.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { openStore } from "../support/test-database.js";
import { ConsoleBrowser } from "./console-browser.js";
import { QUIET } from "./quiet-sources.js";

export const PASSWORD = "correct horse battery staple";
/** Where calls arrive. */
export const DIDS = ["+81312340000", "+81312340001"];
export const IDLE_MS = 30 * 60_000;
export const LIFE_MS = 12 * 3_600_000;

/** The code that an authenticator shows. @param secret as the page tells it to be typed, Base32. */
export function totpCode(secret: string, now: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now });
}

/** What a test has otherwise than usual. */
interface ConsoleWishes {
  /** What the pages of clients take. */
  readonly clients?: Partial<ClientParts>;
  readonly phone?: PhoneParts;
  readonly phoneLimits?: Partial<PhoneRelayLimits>;
  readonly sources?: LiveSources;
}

/** Somebody with an account, as they remember it. */
export interface Person {
  readonly browser: ConsoleBrowser;
  readonly name: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** The console's API on real TLS and a real database. Its clock stands still unless a test moves it. */
export class ConsoleFixture {
  readonly store: Store;
  readonly logged: () => string;
  now = Date.parse("2026-11-27T06:00:00Z");
  readonly origin: string;
  /** Where the sounds of versions lie. */
  readonly versionsDir: string;
  readonly #certFile: string;
  readonly #browsers: ConsoleBrowser[] = [];
  readonly #end: () => Promise<void>;

  private constructor(
    store: Store,
    logged: () => string,
    url: string,
    certFile: string,
    versionsDir: string,
    end: () => Promise<void>,
  ) {
    this.versionsDir = versionsDir;
    this.store = store;
    this.logged = logged;
    this.origin = url;
    this.#certFile = certFile;
    this.#end = end;
  }

  /** @param host under which browsers know it: passkeys want a name. */
  static async start(
    host = "127.0.0.1",
    { clients = {}, phone, phoneLimits = {}, sources = QUIET }: ConsoleWishes = {},
  ): Promise<ConsoleFixture> {
    const dir = await tempDir();
    const store = await openStore(dir.path);
    const { log, text } = capturedLog();
    const tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    const clock = (): number => fixture.now;
    const sessions = { idleMs: IDLE_MS, lifeMs: LIFE_MS };
    const imports = new EnrollmentImports(store, clock, log);
    const library = openPromptLibrary(store, path.join(dir.path, "prompts"), SHIPPED_SOUNDS, clock);
    const sounds = new SoundThread(ffmpeg, library.dir);
    const parts: ConsoleParts = {
      ...{ store, clock, log, sessions, phone },
      origin: () => new URL(fixture.origin),
      tries: new LogInTries(clock),
      tariff: DEFAULT_TARIFF,
      budget: { day: 100_000, month: 1_000_000 },
      trunkMaxCalls: 30,
      version: "0.0.0-test",
      testCalls: {
        ...{ limits: LIMITS, outboundAllow: [], canCall: () => true, trouble: () => null },
        testPhones: new Map([["+819012340000" as E164, "6001"]]),
      },
      clients: {
        ...{
          limits: LIMITS,
          sendsMessages: true,
          dids: DIDS,
          diskHasRoom: () => true,
          webhooks: { allowPrivate: true },
          imports,
        },
        ...clients,
      },
      prompts: { library, sounds },
    };
    const live = new LiveUpgrade({ store, clock, log, sessions }, sources);
    const relay = phone === undefined ? undefined : createPhoneRelay(parts, phone, phoneLimits);
    const server = await listen(createConsole(parts), tls, "127.0.0.1", 0, upgradesOf(live, relay));
    const end = async (): Promise<void> => {
      await relay?.close();
      await live.close();
      await server.close();
      await imports.stop();
      await sounds.close();
      await store.close();
      await dir.remove();
    };
    const url = `https://${host}:${server.port}`;
    const fixture: ConsoleFixture = new ConsoleFixture(store, text, url, tls.certFile, library.dir, end);
    return fixture;
  }

  get certFile(): string {
    return this.#certFile;
  }

  newBrowser(): ConsoleBrowser {
    const browser = new ConsoleBrowser(this.origin, this.#certFile);
    this.#browsers.push(browser);
    return browser;
  }

  /** The token of the link that a start prints. */
  async firstLink(): Promise<string> {
    const token = await this.store.write((db) =>
      makeFirstLink(db, { vault: this.store.vault, now: this.now }),
    );
    if (token === null) throw new Error("there is an account already");
    return token;
  }

  invitation(name: string, role: AdminRole): Promise<string> {
    const parts = { vault: this.store.vault, now: this.now };
    return this.store.write((db) => inviteAdmin(db, parts, BY_COMMAND, { name, role }));
  }

  /** An account of this role, made by its link, and logged in. */
  async person(name: string, role: AdminRole): Promise<Person> {
    return this.accept(await this.invitation(name, role), name);
  }

  async accept(token: string, name: string): Promise<Person> {
    const browser = this.newBrowser();
    const look = await browser.post("/api/links/look", { token });
    const { secret } = look.json["totp"] as { secret: string };
    const code = totpCode(secret, this.now);
    const used = await browser.post("/api/links/password", { token, name, password: PASSWORD, code });
    if (used.status !== 201) throw new Error(`the link was refused: ${used.text}`);
    return { browser, name, secret, recoveryCodes: used.json["recovery_codes"] as string[] };
  }

  /** Their next code: each counts once. */
  nextCode({ secret }: Pick<Person, "secret">): string {
    this.now += 30_000;
    return totpCode(secret, this.now);
  }

  async stop(): Promise<void> {
    for (const browser of this.#browsers) browser.close();
    await this.#end();
  }
}
