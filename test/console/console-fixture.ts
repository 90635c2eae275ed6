import { Secret, TOTP } from "otpauth";
import type { AdminRole } from "../../src/admins/role.js";
import { inviteAdmin, makeFirstLink } from "../../src/acts/admin-links.js";
import { BY_COMMAND } from "../../src/acts/audit-who.js";
import { createConsole } from "../../src/console/app.js";
import type { LiveSources } from "../../src/console/live/live-sources.js";
import { LiveUpgrade } from "../../src/console/live/live-upgrade.js";
import { LogInTries } from "../../src/console/log-in-tries.js";
import { listen } from "../../src/http/server.js";
import { loadTlsPair } from "../../src/http/tls.js";
import { Store } from "../../src/store/store.js";
import type { E164 } from "../../src/verification/phone-number.js";
import { LIMITS } from "../support/api-fixture.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { ConsoleBrowser } from "./console-browser.js";
import { QUIET } from "./quiet-sources.js";

export const PASSWORD = "correct horse battery staple";
export const IDLE_MS = 30 * 60_000;
export const LIFE_MS = 12 * 3_600_000;

/** The code that an authenticator shows. @param secret as the page tells it to be typed, Base32. */
export function totpCode(secret: string, now: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: now });
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
  readonly #certFile: string;
  readonly #browsers: ConsoleBrowser[] = [];
  readonly #end: () => Promise<void>;

  private constructor(
    store: Store,
    logged: () => string,
    url: string,
    certFile: string,
    end: () => Promise<void>,
  ) {
    this.store = store;
    this.logged = logged;
    this.origin = url;
    this.#certFile = certFile;
    this.#end = end;
  }

  /** @param host under which browsers know it: passkeys want a name. */
  static async start(host = "127.0.0.1", sources: LiveSources = QUIET): Promise<ConsoleFixture> {
    const dir = await tempDir();
    const store = await Store.open(dir.path);
    const { log, text } = capturedLog();
    const tls = await loadTlsPair(dir.path, undefined, undefined, Date.now());
    const clock = (): number => fixture.now;
    const sessions = { idleMs: IDLE_MS, lifeMs: LIFE_MS };
    const app = createConsole({
      ...{ store, clock, log, sessions },
      origin: () => new URL(fixture.origin),
      tries: new LogInTries(clock),
      version: "0.0.0-test",
      testCalls: {
        ...{ limits: LIMITS, outboundAllow: [], canCall: () => true, trouble: () => null },
        testPhones: new Map([["+819012340000" as E164, "6001"]]),
      },
    });
    const live = new LiveUpgrade({ store, clock, log, sessions }, sources);
    const server = await listen(app, tls, "127.0.0.1", 0, live.upgrade);
    const end = async (): Promise<void> => {
      await live.close();
      await server.close();
      await store.close();
      await dir.remove();
    };
    const url = `https://${host}:${server.port}`;
    const fixture: ConsoleFixture = new ConsoleFixture(store, text, url, tls.certFile, end);
    return fixture;
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
