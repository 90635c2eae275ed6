import { expect } from "chai";
import type { BrowserContext, Page } from "playwright-core";
import { openApiDocument } from "../../src/http/openapi/document.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { type ApiFixture, startApi } from "../support/api-fixture.js";
import { type RunningBrowser, startChromium } from "./chromium.js";

interface Described {
  readonly operationId: string;
}
const document = openApiDocument("test") as Record<
  "paths" | "webhooks",
  Readonly<Record<string, Readonly<Record<string, Described>>>>
>;
const operationIds = (section: "paths" | "webhooks"): string[] =>
  Object.values(document[section]).flatMap((methods) => Object.values(methods).map((of) => of.operationId));

describe("GET /docs, in Chromium", () => {
  let fixture: ApiFixture;
  let chromium: RunningBrowser;
  let context: BrowserContext;
  let page: Page;
  /** What the browser complained of: a broken script, a refusal by the Content-Security-Policy. */
  let complaints: string[];
  let requested: { readonly url: string; readonly authorization: string | undefined }[];

  before(async () => {
    fixture = await startApi();
    chromium = await startChromium();
  });
  after(async () => {
    await chromium.stop();
    await fixture.stop();
  });
  /** Loading takes seconds, so tests that leave the page as it was share it. */
  const load = async (): Promise<void> => {
    complaints = [];
    requested = [];
    context = await chromium.browser.newContext({ ignoreHTTPSErrors: true });
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
    page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(error.message));
    context.on("request", (request) => {
      requested.push({ url: request.url(), authorization: request.headers()["authorization"] });
    });
    await page.goto(`${fixture.api.url}/docs`);
    await page.locator(".opblock").first().waitFor();
  };

  /**
   * Where it is drawn does not matter, and waiting until it stands still can take longer than anything: of a page of this
   * size each picture costs a busy machine seconds.
   */
  const press = (button: ReturnType<Page["locator"]>): Promise<void> => button.dispatchEvent("click");
  const operation = (id: string): ReturnType<Page["locator"]> => page.locator(`.opblock[id$="-${id}"]`);
  const open = async (id: string): Promise<ReturnType<Page["locator"]>> => {
    await press(operation(id).locator(".opblock-summary-control"));
    await operation(id).locator(".opblock-body").waitFor();
    return operation(id);
  };
  const enterKey = async (key: string): Promise<void> => {
    await press(page.getByRole("button", { name: "Authorize" }));
    const dialog = page.locator(".dialog-ux");
    await dialog.locator("input").fill(key);
    await press(dialog.getByRole("button", { name: "Apply credentials" }));
    await press(dialog.locator(".modal-btn", { hasText: "Close" }));
  };
  const tryRegister = async (): Promise<string> => {
    await open("registerVerification");
    return execute();
  };
  /** The status of the answer to the example, of the operation that is open. */
  const execute = async (): Promise<string> => {
    const register = operation("registerVerification");
    await press(register.getByRole("button", { name: "Try it out" }));
    await press(register.getByRole("button", { name: "Execute" }));
    return register.locator(".live-responses-table .response-col_status").last().innerText();
  };

  describe("to be read", () => {
    before(load);
    after(() => context.close());

    it("shows every operation and every webhook, opened, with nothing to complain of", async () => {
      const ids = [...operationIds("paths"), ...operationIds("webhooks")];
      expect(await page.locator(".opblock").count()).to.equal(ids.length);
      for (const id of ids) {
        await open(id);
        // The page draws all that is open at each click: twenty at once would take half a minute.
        await press(operation(id).locator(".opblock-summary-control"));
        await operation(id).locator(".opblock-body").waitFor({ state: "detached" });
      }
      await press(page.locator(".models-control"));
      expect(complaints).to.deep.equal([]);
    });

    it("shows summaries in English and Japanese", async () => {
      const summaries = await page.locator(".opblock-summary-description").allInnerTexts();
      for (const summary of summaries) expect(summary).to.match(/[A-Za-z].* \/ .*[ぁ-んァ-ヶ一-龠]/);
    });

    it("runs no script that was put into the page, and evaluates none", async () => {
      await page.evaluate(`(() => {
        const script = document.createElement("script");
        script.textContent = "window.intruder = true";
        document.body.append(script);
      })()`);
      expect(await page.evaluate("window.intruder")).to.equal(undefined);
      expect(complaints.join()).to.include("Content Security Policy");
    });
  });

  describe("with a key that was entered in it", () => {
    let status: string;

    before(async () => {
      await load();
      await enterKey(fixture.api.key);
      status = await tryRegister();
    });
    after(() => context.close());

    it("registers", async () => {
      expect(status).to.match(/^201/);
      const { json } = await fixture.api.post("/v1/verifications/result", { id: "reissue-1" });
      expect(json).to.include({ id: "reissue-1", phone_number: "+819012345678" });
      expect(complaints).to.deep.equal([]);
    });

    it("asks nobody but this server", () => {
      expect(requested.length).to.be.greaterThan(4);
      const others = requested.filter(
        ({ url }) => !url.startsWith("data:") && new URL(url).origin !== fixture.api.url,
      );
      expect(others).to.deep.equal([]);
    });

    it("keeps the key in its memory alone: not in a URL, in storage, in a cookie or on the screen", async () => {
      const sent = requested.filter(({ authorization }) => authorization !== undefined);
      expect(sent).to.deep.equal([
        { url: `${fixture.api.url}/v1/verifications`, authorization: `Bearer ${fixture.api.key}` },
      ]);
      for (const { url } of requested) expect(url).to.not.include(fixture.api.key);
      expect(page.url()).to.not.include(fixture.api.key);
      expect(await context.storageState({ indexedDB: true })).to.deep.equal({ cookies: [], origins: [] });
      // A string, since this runs in the page, whose names the tests do not know.
      expect(await page.evaluate("sessionStorage.length")).to.equal(0);
      expect(await operation("registerVerification").locator(".curl-command").innerText()).to.include(
        "Bearer $KEY",
      );
      expect(await page.content()).to.not.include(fixture.api.key);
      await page.reload();
      // The address says which operation is open, and no more.
      expect(await execute()).to.match(/^401/);
    });
  });

  it("is there to read without a key, and may be asked again instead of sent again", async () => {
    const first = await fixture.api.get("/docs/swagger-ui-bundle.js", { key: null });
    expect(first.status).to.equal(200);
    expect(first.headers["content-security-policy"]).to.include("default-src 'none'");
    expect(first.headers["content-security-policy"]).to.not.match(/unsafe|\*|https?:/);
    const since = String(first.headers["last-modified"]);
    const again = await fixture.api.get("/docs/swagger-ui-bundle.js", {
      key: null,
      headers: { "if-modified-since": since },
    });
    expect(again.status).to.equal(304);
    for (const path of ["/docs/../package.json", "/docs/swagger-ui.js", "/docs/index.html"]) {
      expect((await fixture.api.get(path, { key: null })).status, path).to.equal(404);
    }
  });
});
