import { expect } from "chai";
import { setUp } from "../cli/honnin-command.js";
import { ConsoleFixture, PASSWORD, totpCode } from "../console/console-fixture.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

describe("accounts of the console, in Chromium", () => {
  let fixture: ConsoleFixture;
  let chromium: RunningBrowser;
  let console_: ConsolePage;

  before(async () => {
    await setUp();
    chromium = await startChromium();
  });
  after(() => chromium.stop());
  beforeEach(async () => {
    fixture = await ConsoleFixture.start("localhost");
    console_ = await ConsolePage.open(chromium.browser, fixture.origin);
  });
  afterEach(async () => {
    const { complaints, elsewhere } = console_;
    await console_.close();
    await fixture.stop();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  const codeOnPage = async (): Promise<string> =>
    totpCode(await console_.page.locator("code.secret").innerText(), fixture.now);

  it("makes the first account by its link, shows the recovery codes once, and logs in again", async () => {
    const { page } = console_;
    await console_.goto(`/welcome#${await fixture.firstLink()}`);
    await page.getByLabel("利用者名").fill("佐藤 花子");
    expect(await console_.inspect("welcome")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
    expect(page.url()).not.to.include("#");
    await page.getByLabel("新しいパスワード").fill(PASSWORD);
    const secret = await page.locator("code.secret").innerText();
    await page.getByLabel("アプリに表示された6桁のコード").fill(await codeOnPage());
    await page.getByRole("button", { name: "アカウントを作成" }).click();
    await page.getByRole("heading", { name: "リカバリーコード" }).waitFor();
    expect(await page.locator(".codes li").count()).to.equal(10);
    expect(await console_.inspect("recovery-codes")).to.deep.equal([]);
    await page.getByRole("button", { name: "保管しました" }).click();
    await page.getByText("佐藤 花子（管理者）").waitFor();
    await page.getByRole("button", { name: "ログアウト", exact: true }).click();
    await page.getByRole("heading", { name: "ログイン" }).waitFor();
    expect(await console_.inspect("log-in")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
    await page.getByLabel("利用者名").fill("佐藤 花子");
    await page.getByLabel("パスワード", { exact: true }).fill(PASSWORD);
    await page.getByLabel("認証アプリのコード").fill(fixture.nextCode({ secret }));
    await page.getByRole("button", { name: "ログイン", exact: true }).click();
    await page.getByText("佐藤 花子（管理者）").waitFor();
  });

  it("makes an account by a passkey alone, and logs in by it", async () => {
    const { page } = console_;
    const devtools = await console_.context.newCDPSession(page);
    await devtools.send("WebAuthn.enable");
    await devtools.send("WebAuthn.addVirtualAuthenticator", {
      options: {
        ...{ protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true },
        ...{ isUserVerified: true, automaticPresenceSimulation: true },
      },
    });
    await console_.goto(`/welcome#${await fixture.invitation("suzuki", "operator")}`);
    await page.getByRole("button", { name: "パスキーを作成" }).click();
    await page.getByText("suzuki（運用者）").waitFor();
    await page.getByRole("button", { name: "ログアウト", exact: true }).click();
    await page.getByRole("button", { name: "パスキーでログイン" }).click();
    await page.getByText("suzuki（運用者）").waitFor();
  });

  it("says that a link works no more", async () => {
    await console_.goto("/welcome#nothing");
    await console_.page.getByText("このリンクは使えません").waitFor();
    expect(await console_.inspect("link-gone")).to.deep.equal([]);
  });

  it("shows users, the audit trail and one's own account to an administrator", async () => {
    const { page } = console_;
    await fixture.person("suzuki", "operator");
    const { browser } = await fixture.person("佐藤 花子", "admin");
    await console_.enter(browser.token);
    for (const [path, heading] of [
      ["/admins", "利用者の管理"],
      ["/audit", "監査ログ"],
      ["/account", "アカウント"],
    ] as const) {
      await console_.goto(path);
      await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
      await page.locator("tbody tr").first().waitFor();
      expect(await console_.inspect(path.slice(1))).to.deep.equal([]);
      expect([path, await console_.overflows()]).to.deep.equal([path, false]);
    }
  });

  it("logs out at once, and says so, where the session was ended from elsewhere", async () => {
    const { page } = console_;
    const sato = await fixture.person("sato", "viewer");
    await console_.enter(sato.browser.token);
    await console_.goto("/account");
    await page.getByText("sato（閲覧者）").waitFor();
    await sato.browser.post("/api/log-out");
    await page.getByRole("button", { name: "リカバリーコードを作り直す" }).click();
    await page.getByText("ログインの有効期限が切れました").waitFor();
  });
});
