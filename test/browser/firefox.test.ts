import { expect } from "chai";
import type { BrowserContext, Page } from "playwright-core";
import { CallService } from "../calls/call-service.js";
import { setUp } from "../cli/honnin-command.js";
import { PASSWORD, totpCode } from "../console/console-fixture.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import type { RunningBrowser } from "./chromium.js";
import { startFirefox } from "./firefox.js";

const DID = "0310000001";
const NUMBER = "0600000001";
const NAME = "佐藤 花子";
const CODE = "271828";
/** Firefox says so of what it does not know; Chromium keeps it. */
const UNKNOWN_DIRECTIVE = "require-trusted-types-for";

describe("the main paths, in Firefox", function () {
  this.timeout(600_000);
  let calls: CallService;
  let firefox: RunningBrowser;
  let context: BrowserContext;
  let page: Page;
  let origin: string;
  let complaints: string[];
  let elsewhere: string[];
  /** Of the account that the first test makes, Base32. */
  let secret: string;
  let recoveryCodes: string[] = [];
  /** Each code counts once: of the last that was used, its time. */
  let usedAt = 0;

  before(async () => {
    await setUp();
    calls = await CallService.start({
      HONNIN_DEMO: "true",
      HONNIN_TEST_PHONES: `${NUMBER}=1001`,
      HONNIN_DIDS: DID,
      // A busy machine draws a page slowly.
      ...{ HONNIN_RING_SECONDS: "180", HONNIN_FIRST_KEY_SECONDS: "60", HONNIN_NEXT_KEY_SECONDS: "60" },
    });
    firefox = await startFirefox();
    origin = calls.service.console!.url;
  });
  after(async () => {
    await firefox.stop();
    await calls.stop();
  });
  beforeEach(async () => {
    [complaints, elsewhere] = [[], []];
    context = await firefox.browser.newContext({ ignoreHTTPSErrors: true, viewport: null });
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
    page.on("pageerror", ({ message }) => complaints.push(message));
    page.on("console", (message) => {
      const text = message.text();
      if (["error", "warning"].includes(message.type()) && !text.includes(UNKNOWN_DIRECTIVE))
        complaints.push(text);
    });
    context.on("request", (request) => {
      const { origin: asked, protocol } = new URL(request.url());
      if (asked !== origin && !["data:", "blob:"].includes(protocol)) elsewhere.push(request.url());
    });
  });
  afterEach(async () => {
    await context.close();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  /** A code of a step that has not been used: the one after the last, which is taken before its time too. */
  const nextCode = (): string => {
    usedAt = Math.max(Date.now(), usedAt + 30_000);
    return totpCode(secret, usedAt);
  };

  /** @param code each counts once, and those of the app are taken one step before their time, not two. */
  async function logIn(code = recoveryCodes.pop() ?? ""): Promise<void> {
    await page.goto(`${origin}/`);
    await page.getByLabel("利用者名").fill(NAME);
    await page.getByLabel("パスワード", { exact: true }).fill(PASSWORD);
    await page.getByLabel("認証アプリのコード").fill(code);
    await page.getByRole("button", { name: "ログイン", exact: true }).click();
    await page.getByText(`${NAME}（管理者）`).waitFor();
  }

  it("the first account by its link, the recovery codes, and logging in again", async () => {
    await page.goto(calls.service.console!.firstLink!);
    await page.getByLabel("利用者名").fill(NAME);
    expect(page.url()).not.to.include("#");
    await page.getByLabel("新しいパスワード").fill(PASSWORD);
    secret = await page.locator("code.secret").innerText();
    await page.getByLabel("アプリに表示された6桁のコード").fill(nextCode());
    await page.getByRole("button", { name: "アカウントを作成" }).click();
    await page.getByRole("heading", { name: "リカバリーコード" }).waitFor();
    recoveryCodes = await page.locator(".codes li").allInnerTexts();
    expect(recoveryCodes).to.have.length(10);
    await page.getByRole("button", { name: "保管しました" }).click();
    await page.getByText(`${NAME}（管理者）`).waitFor();
    await page.getByRole("button", { name: "ログアウト", exact: true }).click();
    await page.getByRole("heading", { name: "ログイン" }).waitFor();
    await logIn(nextCode());
  });

  it("a call that appears, moves and ends on the page of the moment", async () => {
    await logIn();
    await page.getByText("通話も、待っている発信もありません。").waitFor();
    const { phone, number } = await calls.phone("answers", { ringMs: "until told" });
    const { id } = await calls.register(number, { code: CODE });
    const row = page.locator("table.calls tbody tr");
    await row.getByText("呼び出し中").waitFor();
    await phone.answer();
    await row.getByText("案内の再生中").waitFor();
    await calls.happened(id, "listening");
    await phone.press(CODE.slice(0, 4));
    await row.getByText("●●●●", { exact: true }).waitFor();
    await phone.press(CODE.slice(4));
    await row.getByText("認証成功").waitFor();
    await page.getByText("通話も、待っている発信もありません。").waitFor();
  });

  it("each page of the menu", async () => {
    await logIn();
    for (const link of await page.getByRole("navigation").first().getByRole("link").all()) {
      const href = await link.getAttribute("href");
      if (href === null || !href.startsWith("/") || /^\/(demo|phone|start)/.test(href)) continue;
      await link.click();
      await page.waitForURL(origin + href);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    }
  });

  it("the demonstration: the site shows the code, the telephone beside it rings and keys it", async () => {
    await page.goto(`${origin}/start`);
    const phone = page.frameLocator("#phone");
    // Where a machine has nothing to sound by, Firefox makes no sound of its own either, not even silence.
    await phone.getByLabel("マイク").selectOption("default");
    await phone.getByRole("button", { name: "待ち受けを開始" }).click();
    await phone.getByText("待ち受け中").waitFor();
    const site = page.frameLocator("#demo");
    await site.getByLabel("ユーザー ID").fill("hanako");
    await site.getByLabel("登録電話番号").fill(NUMBER);
    await site.getByRole("button", { name: "電話を受けて再発行する" }).click();
    await phone.getByRole("button", { name: "応答" }).click();
    await phone.getByText("通話中").waitFor();
    const code = (await site.locator("#code").innerText()).trim();
    const keypad = phone.getByRole("group", { name: "ダイヤルパッド" });
    for (const digit of code) await keypad.getByRole("button", { name: digit, exact: true }).click();
    await site.getByRole("heading", { name: "新しいパスワードを発行しました", level: 1 }).waitFor();
  });
});
