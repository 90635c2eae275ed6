import { expect } from "chai";
import type { Page } from "playwright-core";
import { CallService } from "../calls/call-service.js";
import { setUp } from "../cli/honnin-command.js";
import { baresipProgram } from "../phones/programs.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { HttpsClient } from "../support/https-client.js";
import { Softphone } from "../../src/softphone/softphone.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

const DID = "0310000001";
const NUMBER = "0600000001";

describe("the demonstration site, in Chromium", () => {
  let calls: CallService;
  let chromium: RunningBrowser;
  let telephone: Softphone;
  let window_: ConsolePage;
  let page: Page;
  let origin: string;

  before(async () => {
    await setUp();
    chromium = await startChromium();
    calls = await CallService.start({
      HONNIN_DEMO: "true",
      HONNIN_TEST_PHONES: `${NUMBER}=1001`,
      HONNIN_DIDS: DID,
      // The pages are looked at while it rings.
      HONNIN_RING_SECONDS: "180",
      HONNIN_FIRST_KEY_SECONDS: "30",
    });
    origin = calls.service.console!.url;
    const account = calls.service.testPhones.find(({ name }) => name === "1001")!;
    telephone = await Softphone.start({
      command: await baresipProgram(),
      sipHost: "127.0.0.1",
      sipPort: calls.service.sipPort,
      username: "1001",
      password: account.password,
      workDir: `${calls.dataDir}/softphone`,
      answerMode: "manual",
    });
  });
  after(async () => {
    await telephone.stop();
    await calls.stop();
    await chromium.stop();
  });
  beforeEach(async () => {
    window_ = await ConsolePage.open(chromium.browser, origin);
    ({ page } = window_);
  });
  afterEach(async () => {
    const { complaints, elsewhere } = window_;
    await window_.close();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  const code = async (): Promise<string> => (await page.locator("#code").innerText()).trim();
  const incoming = (): Promise<unknown> => telephone.next("incoming", PATIENCE_MS);
  const heading = (name: string): Promise<void> => page.getByRole("heading", { name, level: 1 }).waitFor();

  async function askForReset(): Promise<void> {
    await window_.goto("/demo/");
    await page.getByLabel("ユーザー ID").fill("hanako");
    await page.getByLabel("登録電話番号").fill("06-0000-0001");
    await page.getByRole("button", { name: "電話を受けて再発行する" }).click();
  }

  /** A call to the DID from the member's number, as the trunk vouches for it. */
  async function call(): Promise<Awaited<ReturnType<CallService["caller"]>>> {
    const headers = { "P-Asserted-Identity": `<sip:${NUMBER}@127.0.0.1>` };
    const phone = await calls.caller("calls", { to: DID, from: NUMBER, headers });
    await phone.answered();
    await phone.heard.speech();
    return phone;
  }

  it("calls, shows the code, hears it keyed, wrong and right, and shows a new password", async () => {
    await window_.goto("/demo");
    await heading("パスワードの再発行");
    expect(page.url()).to.equal(`${origin}/demo/`);
    await page.getByText(`デモの会員：ユーザー ID「hanako」、登録電話番号「06-0000-0001」`).waitFor();
    const rings = incoming();
    await askForReset();
    await heading("お電話をおかけしています");
    await rings;
    await page.getByText("呼び出しています。電話に出てください。").waitFor();
    await telephone.answer();
    await page.getByText("通話中です。音声の案内に従って、画面の番号を押してください。").waitFor();
    const shown = await code();
    expect(shown).to.match(/^\d{6}$/);
    await telephone.press(shown === "000000" ? "111111" : "000000");
    await page.getByText("押された番号が違います（1回目）").waitFor();
    await telephone.press(shown);
    await heading("新しいパスワードを発行しました");
    expect(await page.locator("#password").innerText()).to.match(/^[A-Za-z2-9]{12}$/);
    await page.getByText("佐藤 花子 様").waitFor();
    expect(await window_.inspect("demo-verified")).to.deep.equal([]);
    expect(await window_.overflows()).to.equal(false);
  });

  it("is called by the number that it shows", async () => {
    await window_.goto("/demo/#reset-inbound");
    await page.getByLabel("ユーザー ID").fill("hanako");
    await page.getByLabel("登録電話番号").fill(NUMBER);
    await page.getByRole("button", { name: "電話をかけて再発行する" }).click();
    await heading("次の番号へお電話ください");
    expect(await page.locator("#did").innerText()).to.equal("03-1000-0001");
    expect(await page.locator("#left").innerText()).to.match(/^残り時間 [0-3]:\d\d$/);
    const phone = await call();
    await phone.press(await code());
    await heading("新しいパスワードを発行しました");
  });

  it("logs in who calls from the member's number, and has a transfer confirmed by a call", async () => {
    await window_.goto("/demo/");
    await page.getByRole("link", { name: "電話でログイン" }).click();
    await page.getByLabel("ユーザー ID").fill("hanako");
    await page.getByRole("button", { name: "ログインする" }).click();
    await heading("次の番号へお電話ください");
    const caller = await call();
    await caller.press(await code());
    await heading("ログインしました");
    await page.getByText("佐藤 花子 様").waitFor();

    await page.getByRole("link", { name: "振込へ進む" }).click();
    await heading("振込");
    await page.getByLabel("振込先").fill("山田 太郎");
    await page.getByLabel("金額（円）").fill("12,000");
    const second = incoming();
    await page.getByRole("button", { name: "電話で確認して振り込む" }).click();
    await heading("電話で振込を確認しています");
    await page.getByText("12,000円").waitFor();
    await second;
    await telephone.answer();
    await page.getByText("通話中です").waitFor();
    await telephone.press(await code());
    await heading("振込を受け付けました");
    await page.getByRole("button", { name: "ログアウト" }).click();
    await page.getByText("振込にはログインが必要です").waitFor();
  });

  it("shows to everybody what it shows while a call is under way, and lets it be broken off", async () => {
    const rings = incoming();
    await askForReset();
    await rings;
    await page.getByText("呼び出しています").waitFor();
    await page.getByRole("button", { name: "中止する" }).click();
    await heading("パスワードの再発行");
    // Looked at for so long that it may have ended meanwhile: nothing follows from it.
    await askForReset();
    await heading("お電話をおかけしています");
    expect(await window_.overflows()).to.equal(false);
    expect(await window_.inspect("demo-call")).to.deep.equal([]);
  });

  it("says what was entered wrongly, and how a call failed", async () => {
    await window_.goto("/demo/");
    await page.getByRole("button", { name: "電話を受けて再発行する" }).click();
    await page.getByText("ユーザー ID は、半角の英数字").waitFor();
    expect(await page.evaluate("document.activeElement.id")).to.equal("user");
    expect(await window_.inspect("demo-fault")).to.deep.equal([]);
    expect(await window_.overflows()).to.equal(false);
    // A telephone that is not there.
    await telephone.stop();
    await askForReset();
    await heading("確認できませんでした");
    expect(await window_.inspect("demo-failed")).to.deep.equal([]);
  });

  it("stands on the start page beside a telephone, and changes its language with it", async () => {
    await window_.goto("/start");
    await heading("電話認証を試す");
    await page.frameLocator("#demo").getByRole("heading", { name: "パスワードの再発行" }).waitFor();
    await page.locator("#language").selectOption("en");
    await page.frameLocator("#demo").getByRole("heading", { name: "Reset your password" }).waitFor();
    await page.frameLocator("#phone").getByRole("heading", { name: "Browser telephone" }).waitFor();
    expect(
      await page.frameLocator("#phone").locator("header").count(),
      "has one header: this page's",
    ).to.equal(0);
    expect(await window_.inspect("start", "iframe")).to.deep.equal([]);
    expect(await window_.overflows()).to.equal(false);
  });

  it("lets itself be framed by its own server only, and keeps its key to itself", async () => {
    const client = new HttpsClient(origin, "", calls.service.certFile);
    try {
      for (const [at, ancestors] of [
        ["/demo/", "'self'"],
        ["/phone", "'self'"],
        ["/start", "'none'"],
        ["/", "'none'"],
        ["/demonstration", "'none'"],
      ] as const) {
        const { status, headers } = await client.get(at, { key: null });
        expect([at, status]).to.deep.equal([at, 200]);
        expect([
          at,
          headers["content-security-policy"]?.includes(`frame-ancestors ${ancestors}`),
        ]).to.deep.equal([at, true]);
      }
      const foreign = { "sec-fetch-site": "cross-site" };
      const refused = await client.post("/demo/api/start", {}, { key: null, headers: foreign });
      expect(refused.status).to.equal(403);
      const begun = await client.post("/demo/api/start", { flow: "login", user: "hanako" }, { key: null });
      const cookie = String(begun.headers["set-cookie"]);
      expect(cookie).to.match(/^visit=[\w-]{43}; Path=\/demo; HttpOnly; SameSite=Strict; Secure$/);
      // The console takes no visitor of the site for an administrator.
      const visitor = { cookie: cookie.split(";")[0] ?? "" };
      expect((await client.get("/api/me", { key: null, headers: visitor })).status).to.equal(401);
    } finally {
      client.close();
    }
    expect(calls.logged).not.to.match(/honnin_|600000001/);
  });
});
