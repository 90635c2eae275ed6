import { expect } from "chai";
import { truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { setUp } from "../cli/honnin-command.js";
import { ConsoleFixture } from "../console/console-fixture.js";
import { RATE, wavOf } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { insertClient } from "../../src/store/clients.js";
import { listPromptVersions } from "../../src/store/prompts.js";
import { tempDir } from "../support/temp-dir.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

const PROMPT = "/prompts/ja/company-name";

describe("prompts of the console, in Chromium", function () {
  this.timeout(600_000);
  let fixture: ConsoleFixture;
  let chromium: RunningBrowser;
  let console_: ConsolePage;
  let dir: Awaited<ReturnType<typeof tempDir>>;

  before(async () => {
    await setUp();
    dir = await tempDir();
    // What its microphone hears: it says this over and over.
    const spoken = path.join(dir.path, "spoken.wav");
    await writeFile(spoken, wavOf(speechLike(3, 2, 48_000, 0.4), 48_000));
    chromium = await startChromium([
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${spoken}`,
    ]);
  });
  after(async () => {
    await chromium.stop();
    await dir.remove();
  });
  beforeEach(async () => {
    fixture = await ConsoleFixture.start("localhost");
    await fixture.store.write((db) =>
      insertClient(db, { id: "cli_shop", name: "ほんにん商店", created_at: fixture.now }),
    );
    console_ = await ConsolePage.open(chromium.browser, fixture.origin);
  });
  afterEach(async () => {
    const { complaints, elsewhere } = console_;
    await console_.close();
    await fixture.stop();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  const enterAs = async (role: "viewer" | "admin"): Promise<void> => {
    const { browser } = await fixture.person("佐藤 花子", role);
    await console_.enter(browser.token);
  };
  const versions = (clientId: string | null = null): ReturnType<typeof listPromptVersions> =>
    listPromptVersions(fixture.store.read, { clientId, locale: "ja", id: "company-name" });
  const file = (name: string, buffer: Buffer): { name: string; mimeType: string; buffer: Buffer } => ({
    ...{ name, buffer },
    mimeType: "audio/wav",
  });

  it("lists every prompt, finds one by its text or moment, and plays it, and a whole call", async () => {
    const { page } = console_;
    await enterAs("viewer");
    await console_.goto("/prompts");
    await page.getByRole("row").nth(70).waitFor();
    expect(await console_.inspect("prompts")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
    await page.getByLabel("絞り込み").fill("留守番電話 spoken");
    const rows = page.locator("tbody tr");
    await page.getByText(/^\d+件中[1-3]件$/).waitFor();
    expect(await rows.first().innerText()).to.include("spoken-greeting");
    const sound = page.waitForResponse(/spoken-greeting\/sound/);
    await page.getByRole("button", { name: "再生：spoken-greeting" }).click();
    expect((await sound).headers()["content-type"]).to.equal("audio/wav");
    await page.getByRole("button", { name: "停止：spoken-greeting" }).click();
    await page.getByLabel("場面", { exact: true }).selectOption("keypad_wrong_then_right");
    const whole = page.waitForResponse(/prompt-sequence.*wrong-code/);
    await page.getByRole("button", { name: "つなげて再生" }).click();
    expect((await whole).status()).to.equal(200);
    await page.getByRole("button", { name: "音声を点検" }).click();
    await page.getByText(/件の音声に問題はありません/).waitFor();
  });

  it("replaces a prompt of one client by a file, goes back, and shows who did what", async () => {
    const { page } = console_;
    await enterAs("admin");
    await console_.goto(PROMPT);
    await page.getByLabel("対象").selectOption("cli_shop");
    await page.getByText("このクライアントには独自の版がなく").waitFor();
    await page.getByLabel(/^文面/).fill("こちらは、ほんにん商店です。");
    await page.getByLabel(/音声ファイルを選ぶ/).setInputFiles(file("店.wav", wavOf(speechLike(1, 1, RATE))));
    await page.getByRole("button", { name: "電話の音で試聴" }).click();
    await page.getByText("試聴（まだ差し替えていません）").waitFor();
    expect(await versions("cli_shop")).to.have.length(0);
    await page.getByRole("button", { name: "この音声に差し替える" }).click();
    await page.getByText("第1版に差し替えました").waitFor();
    await page.getByText("クライアント独自 第1版").waitFor();
    const [made] = await versions("cli_shop");
    expect(made).to.include({ text: "こちらは、ほんにん商店です。", source_name: "店.wav" });
    expect(made).to.include({ created_by: "佐藤 花子" });
    expect(await versions()).to.have.length(0);
    expect(await console_.inspect("prompt")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
    await page.getByRole("button", { name: "独自の版をやめる" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "独自の版をやめる" }).click();
    await page.getByText("元に戻しました").waitFor();
    await page.getByRole("button", { name: "この版に戻す" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "この版に戻す" }).click();
    await page.getByText("クライアント独自 第3版").waitFor();
    expect((await versions("cli_shop")).map(({ restores }) => restores)).to.deep.equal([1, 0, null]);
  });

  it("says in words why a file is refused, and keeps nothing", async () => {
    const { page } = console_;
    await enterAs("admin");
    await console_.goto(PROMPT);
    const choose = page.getByLabel(/音声ファイルを選ぶ/);
    const use = page.getByRole("button", { name: "この音声に差し替える" });
    for (const [name, bytes, words] of [
      ["文章.wav", Buffer.from("これは音声ではありません。".repeat(99)), "音声として読めません"],
      ["無音.wav", wavOf(new Float64Array(RATE)), "無音か、声が小さすぎます"],
      ["長い.wav", wavOf(speechLike(1, 61, 8000), 8000), "音声が長すぎます"],
      ["短い.wav", wavOf(speechLike(1, 0.1, RATE)), "音声が短すぎます"],
    ] as const) {
      await choose.setInputFiles(file(name, bytes));
      await use.click();
      await page.getByRole("alert").filter({ hasText: words }).waitFor();
    }
    expect(await console_.inspect("prompt-refused")).to.deep.equal([]);
    await choose.setInputFiles(file("空.wav", Buffer.alloc(0)));
    await page.getByRole("alert").filter({ hasText: "ファイルが空です" }).waitFor();
    const huge = path.join(dir.path, "大.wav");
    await writeFile(huge, "");
    await truncate(huge, 20_000_001);
    await choose.setInputFiles(huge);
    await page.getByRole("alert").filter({ hasText: "ファイルが大きすぎます" }).waitFor();
    expect(await use.count()).to.equal(0);
    expect(await versions()).to.have.length(0);
  });

  it("records by the microphone, shows the level, and puts that in the prompt's place", async () => {
    const { page, context } = console_;
    await context.grantPermissions(["microphone"], { origin: fixture.origin });
    await enterAs("admin");
    await console_.goto(PROMPT);
    await page.getByRole("button", { name: "録音を始める" }).click();
    await page.getByText(/録音中… [2-9]秒/).waitFor();
    // What changes every second is not read aloud into the open microphone.
    const told = page.getByRole("status").filter({ hasText: "録音" });
    expect(await told.allInnerTexts()).to.deep.equal(["録音を開始しました。"]);
    const meter = page.getByRole("meter", { name: "入力の音量" });
    await page.waitForFunction("document.querySelector('meter').value > 0.3");
    expect(await meter.count()).to.equal(1);
    await page.getByRole("button", { name: "録音を終える" }).click();
    await page.getByText("録音した音声").waitFor();
    expect(await told.allInnerTexts()).to.deep.equal(["録音を終了しました。"]);
    await page.getByRole("button", { name: "この音声に差し替える" }).click();
    await page.getByText("第1版に差し替えました").waitFor();
    const [made] = await versions();
    expect(made).to.include({ origin: "recording", source_name: "recording.wav", version: 1 });
    expect(made?.duration_ms).to.be.at.least(1500);
  });

  it("says so where there is no microphone", async () => {
    const { page } = console_;
    await enterAs("admin");
    await page.addInitScript(
      "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('none', 'NotFoundError'))",
    );
    await console_.goto(PROMPT);
    await page.getByRole("button", { name: "録音を始める" }).click();
    await page.getByText("マイクを使えません").waitFor();
  });

  it("lets a text wait for its sound, and be given up", async () => {
    const { page } = console_;
    await enterAs("admin");
    await console_.goto("/prompts/ja/ask-code");
    await page.getByLabel(/^文面/).fill("番号を押してください。");
    await page.getByRole("button", { name: "文面だけ保存" }).click();
    await page.getByText("必ず伝える言葉が入っていません").waitFor();
    await page.getByLabel(/^文面/).fill("違うときはゼロとシャープ。");
    await page.getByRole("button", { name: "文面だけ保存" }).click();
    await page.getByText("文面を保存しました").waitFor();
    await console_.goto("/prompts");
    await page.getByText("新しい文面が待機中").waitFor();
    await console_.goto("/prompts/ja/ask-code");
    await page.getByRole("button", { name: "保存した文面を破棄" }).click();
    await page.getByText("保存した文面を破棄しました").waitFor();
  });

  it("offers a viewer nothing that changes, and nobody what cannot be changed", async () => {
    const { page } = console_;
    await enterAs("viewer");
    await console_.goto(PROMPT);
    await page.getByText("差し替えは管理者ができます。").waitFor();
    expect(await page.getByRole("button", { name: "録音を始める" }).count()).to.equal(0);
    await console_.goto("/prompts/ja/silence-start");
    await page.getByText("無音の案内のため").waitFor();
    await console_.goto("/prompts/ja/nothing");
    await page.getByText("見つかりません").waitFor();
  });
});
