import { expect } from "chai";
import type { WebSocketRoute } from "playwright-core";
import { CallService } from "../calls/call-service.js";
import { setUp } from "../cli/honnin-command.js";
import type { ConsoleBrowser } from "../console/console-browser.js";
import { colleague, consoleOf, firstAdmin } from "../console/console-visitor.js";
import { StandingCalls } from "../console/standing-calls.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

const CODE = "271828";

describe("what happens now, in Chromium", function () {
  this.timeout(600_000);
  let calls: CallService;
  let chromium: RunningBrowser;
  let console_: ConsolePage;
  let admin: ConsoleBrowser;
  let operator: ConsoleBrowser;

  before(async () => {
    await setUp();
    calls = await CallService.start({
      HONNIN_TEST_PHONES: "09011110000=6001",
      // A busy machine draws a page slowly.
      ...{ HONNIN_FIRST_KEY_SECONDS: "60", HONNIN_NEXT_KEY_SECONDS: "60" },
    });
    chromium = await startChromium();
    admin = await firstAdmin(calls);
    operator = await colleague(calls, admin, "operator", "operator");
  });
  after(async () => {
    admin.close();
    operator.close();
    await chromium.stop();
    await calls.stop();
  });
  beforeEach(async () => {
    console_ = await ConsolePage.open(chromium.browser, consoleOf(calls).url);
    await console_.enter(operator.token);
  });
  afterEach(() => console_.close());

  const nothingWrong = (): void => {
    const { complaints, elsewhere } = console_;
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  };

  /** Places a test call; resolves with the code that the page shows when the telephone waits for it. */
  const codeOfTestCall = async (number: string): Promise<string> => {
    const { page } = console_;
    await console_.goto("/test-call");
    await page.getByLabel("電話番号", { exact: true }).fill(number);
    await page.getByRole("button", { name: "発信する" }).click();
    const code = await page.locator(".code-to-key").innerText();
    await page.locator(".steps li").getByText("入力待ち").waitFor();
    return code;
  };

  it("shows a call appear, move and end, in words, and leaves it away after some seconds", async () => {
    const { page } = console_;
    await console_.goto("/");
    await page.getByRole("heading", { name: "現在の状況", level: 1 }).waitFor();
    await page.getByText("通話も、待っている発信もありません。").waitFor();
    await page.getByText("書き込み正常").waitFor();
    const { phone, number } = await calls.phone("answers", { ringMs: "until told" });
    const { id } = await calls.register(number, { code: CODE });
    const row = page.locator("table.calls tbody tr");
    await row.getByText("呼び出し中").waitFor();
    expect(await row.innerText()).to.match(/\+81\*+\d\d\s+呼び出し中\s+test\s+発信/);
    await phone.answer();
    await row.getByText("案内の再生中").waitFor();
    await calls.happened(id, "listening");
    await phone.press(CODE.slice(0, 4));
    await row.getByText("●●●●", { exact: true }).waitFor();
    await phone.press(CODE.slice(4));
    await row.getByText("認証成功").waitFor();
    const over = row.filter({ hasText: "終了" }).locator("td").last().locator("time");
    const lasted = await over.getAttribute("datetime");
    const [attempt] = (await calls.ended(id)).attempts;
    const ms = Date.parse(attempt?.ended_at ?? "") - Date.parse(attempt?.started_at ?? "");
    expect(lasted).to.equal(`PT${Math.floor(ms / 1000)}S`);
    await page.getByText("通話も、待っている発信もありません。").waitFor();
    expect(await page.content())
      .not.to.include(CODE)
      .and.not.to.include(number.slice(1));
    nothingWrong();
  });

  it("places a test call: the code in large figures, what happens, and how it came out", async () => {
    const { page } = console_;
    const { phone, number } = await calls.phone("answers");
    const code = await codeOfTestCall(number);
    await phone.press(code);
    await page.getByRole("button", { name: "もう一度発信する" }).waitFor();
    const steps = (await page.locator(".steps li").allInnerTexts()).map((text) =>
      text.replace(/^[\d:]+\s*/, ""),
    );
    expect(steps.slice(0, 4)).to.deep.equal(["発信中", "呼び出し中", "応答", "案内の再生中"]);
    expect(steps).to.include("判定：認証成功");
    expect(steps.at(-1)).to.equal("終了：応答あり");
    expect(await page.locator(".code-to-key").count()).to.equal(0);
    expect(await console_.inspect("test-call-over")).to.deep.equal([]);
    expect(page.url()).not.to.include(number.slice(1)).and.not.to.include(code);
    nothingWrong();
  });

  it("says which limit it was where a test call is refused", async () => {
    const { page } = console_;
    await console_.goto("/test-call");
    await page.getByLabel("電話番号", { exact: true }).fill("0570000000");
    await page.getByRole("button", { name: "発信する" }).click();
    await page.getByRole("alert").getByText("この番号には発信できません").waitFor();
    nothingWrong();
  });

  it("connects again by itself over a restart of the service, and says so", async () => {
    const { page } = console_;
    await console_.goto("/now");
    await page.getByText("書き込み正常").waitFor();
    const { port } = new URL(consoleOf(calls).url);
    await calls.down();
    await page.getByText("再接続しています").waitFor();
    await calls.up({ HONNIN_CONSOLE_PORT: port });
    await page.getByText("再接続しました。").waitFor();
    const { phone, number } = await calls.phone("answers");
    await calls.register(number);
    await page.locator("table.calls tbody tr").getByText("案内の再生中").waitFor();
    await phone.hangUp();
    await page.locator("table.calls tbody tr").getByText("途中で切断").waitFor();
  });

  it("tells how a test call ended that the service no longer tells of", async () => {
    const { page } = console_;
    let isCut = false;
    const sockets: WebSocketRoute[] = [];
    const cut = (socket: WebSocketRoute): Promise<void> => socket.close({ code: 1001 });
    await page.routeWebSocket(/\/api\/live/, async (socket) => {
      if (isCut) return cut(socket);
      sockets.push(socket);
      socket.connectToServer();
    });
    const { phone, number } = await calls.phone("answers");
    const code = await codeOfTestCall(number);
    isCut = true;
    await Promise.all(sockets.map(cut));
    await page.getByText("再接続しています").waitFor();
    await phone.press(code);
    await phone.hungUpOn();
    const { port } = new URL(consoleOf(calls).url);
    await calls.down();
    await calls.up({ HONNIN_CONSOLE_PORT: port });
    isCut = false;
    await page.getByRole("button", { name: "もう一度発信する" }).waitFor();
    await page.getByRole("status").getByText("認証成功", { exact: true }).waitFor();
    expect(await page.locator(".code-to-key").count()).to.equal(0);
  });

  it("ends at the page for logging in when the session is ended from elsewhere", async () => {
    const { page } = console_;
    const leaver = await colleague(calls, admin, "leaver", "viewer");
    await console_.enter(leaver.token);
    await console_.goto("/");
    await page.getByText("書き込み正常").waitFor();
    const sessions = (await admin.get("/api/sessions")).json["sessions"] as { id: string; name: string }[];
    await admin.ask("DELETE", `/api/sessions/${sessions.find(({ name }) => name === "leaver")!.id}`);
    await page.getByText("ログインの有効期限が切れました").waitFor();
    leaver.close();
  });
});

/** Looked at from all sides, which takes long on a busy machine: on a service on which nothing moves by itself. */
describe("the pages of the moment, as they stand", function () {
  this.timeout(600_000);
  let standing: StandingCalls;
  let chromium: RunningBrowser;
  let console_: ConsolePage;

  before(async () => {
    await setUp();
    standing = await StandingCalls.start();
    chromium = await startChromium();
    const { browser } = await standing.fixture.person("suzuki", "operator");
    console_ = await ConsolePage.open(chromium.browser, standing.fixture.origin);
    await console_.enter(browser.token);
  });
  after(async () => {
    await console_.close();
    await chromium.stop();
    await standing.stop();
    const { complaints, elsewhere } = console_;
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  it("show calls, what waits for which reason, and what is not well", async () => {
    const { page } = console_;
    await console_.goto("/");
    await page.locator("table.calls tbody tr").nth(4).waitFor();
    const rows = await page.locator("table.calls tbody tr").allInnerTexts();
    const words = ["コードの誤り", "●●", "呼び出し中", "再発信までの間隔", "回線が空くのを"];
    for (const word of words)
      expect(
        rows.some((row) => row.includes(word)),
        word,
      ).to.equal(true);
    await page.getByText("登録を拒否された").waitFor();
    expect(await console_.inspect("now")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
  });

  it("show the form of a test call, and the code to key", async () => {
    const { page } = console_;
    await console_.goto("/test-call");
    await page.getByLabel("発信先").selectOption("6001");
    expect(await console_.inspect("test-call")).to.deep.equal([]);
    await page.getByRole("button", { name: "発信する" }).click();
    await page.locator(".code-to-key").waitFor();
    await page.getByText("順番を待っています").waitFor();
    expect(await console_.inspect("test-call-going-on")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
  });
});
