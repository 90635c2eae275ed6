import AxeBuilder from "@axe-core/playwright";
import { mkdirSync } from "node:fs";
import path from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { PATIENCE_MS } from "../phones/waiting.js";
import { PROJECT_DIR } from "../phones/programs.js";

const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
const SCHEMES = ["light", "dark"] as const;
const LANGUAGES = ["ja", "en"] as const;
/** They are for people to look at, and take as long as all that is judged: `npm run pictures`. */
const PICTURES_WANTED = process.env["HONNIN_TEST_PICTURES"] === "1";
/** Not committed. */
const PICTURES = path.join(PROJECT_DIR, ".honnin/screenshots");

interface Finding {
  readonly page: string;
  readonly rule: string;
  readonly at: string;
}

/** A browser window on the console, and what it complained of or asked of others. */
export class ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the browser said of broken scripts, and of what the Content-Security-Policy refused. */
  readonly complaints: string[] = [];
  /** Requests that left for anywhere but the console. */
  readonly elsewhere: string[] = [];
  readonly #origin: string;

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context;
    this.page = page;
    this.#origin = origin;
    // Chromium says so of each answer that is a refusal; those are looked at where they are meant.
    page.on("console", (message) => {
      if (!message.text().startsWith("Failed to load resource")) this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
    context.on("request", (request) => {
      const { origin: asked, protocol } = new URL(request.url());
      if (asked !== origin && protocol !== "data:" && protocol !== "blob:")
        this.elsewhere.push(request.url());
    });
  }

  static async open(browser: Browser, origin: string, language: "ja" | "en" = "ja"): Promise<ConsolePage> {
    const context = await browser.newContext({
      ignoreHTTPSErrors: true,
      locale: language === "ja" ? "ja-JP" : "en-GB",
      timezoneId: "Asia/Tokyo",
      viewport: SIZES.desktop,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    return new ConsolePage(context, await context.newPage(), origin);
  }

  /** Logs in by a session that was opened elsewhere. */
  async enter(token: string | undefined): Promise<void> {
    const cookie = { name: "__Host-honnin", value: token ?? "", url: this.#origin };
    await this.context.addCookies([{ ...cookie, secure: true, httpOnly: true, sameSite: "Strict" }]);
  }

  goto(at: string): Promise<unknown> {
    return this.page.goto(this.#origin + at);
  }

  /**
   * What axe finds in the page as it is: in both languages, and its colours in the dark, which no language changes.
   * Where pictures are wanted, they are taken of all of these, wide and narrow.
   *
   * @param besides what is not looked into: pages in frames, which have stories of their own.
   */
  async inspect(name: string, besides?: string): Promise<Finding[]> {
    const found: Finding[] = [];
    for (const language of LANGUAGES) {
      await this.#choose("language", language);
      for (const scheme of SCHEMES) {
        if (scheme === "dark" && language !== "ja" && !PICTURES_WANTED) continue;
        await this.page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
        const { violations } = await this.#axe(scheme, besides).analyze();
        for (const { id, nodes } of violations) {
          for (const { html } of nodes)
            found.push({ page: `${name} ${language} ${scheme}`, rule: id, at: html });
        }
        if (PICTURES_WANTED) await this.#bothSizes(`${name}-${language}-${scheme}`);
      }
    }
    await this.#choose("language", "ja");
    return found;
  }

  async #bothSizes(name: string): Promise<void> {
    for (const [size, viewport] of Object.entries(SIZES)) {
      await this.page.setViewportSize(viewport);
      await this.picture(`${name}-${size}`);
    }
    await this.page.setViewportSize(SIZES.desktop);
  }

  /** In the dark only colours differ, and looking at all else again takes as long as the rest together. */
  #axe(scheme: (typeof SCHEMES)[number], besides?: string): AxeBuilder {
    // Or each look would open a page of its own; there are no frames of others here.
    const axe = new AxeBuilder({ page: this.page }).setLegacyMode(true);
    if (besides !== undefined) axe.exclude(besides);
    return scheme === "dark" ? axe.withRules("color-contrast") : axe;
  }

  /** The page as it is, where pictures are wanted. */
  async picture(name: string): Promise<void> {
    if (!PICTURES_WANTED) return;
    mkdirSync(PICTURES, { recursive: true });
    await this.page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage: true });
  }

  async #choose(what: "language", value: string): Promise<void> {
    const nth = { language: 0 }[what];
    await this.page.locator(".preferences select").nth(nth).selectOption(value);
  }

  /** Whether anything is wider than a narrow screen: then the whole page would have to be pushed about. */
  async overflows(): Promise<boolean> {
    await this.page.setViewportSize(SIZES.phone);
    const wide = await this.page.evaluate("document.documentElement.scrollWidth > window.innerWidth");
    await this.page.setViewportSize(SIZES.desktop);
    return wide === true;
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
