import { expect } from "chai";
import { readFile } from "node:fs/promises";
import { inviteAdmin } from "../../src/acts/admin-links.js";
import { BY_COMMAND } from "../../src/acts/audit-who.js";
import { listAudit } from "../../src/store/audit.js";
import { Store } from "../../src/store/store.js";
import { setWebhook } from "../../src/store/webhooks.js";
import { CallService } from "../calls/call-service.js";
import { setUp } from "../cli/honnin-command.js";
import { ConsoleBrowser } from "../console/console-browser.js";
import { PASSWORD, totpCode } from "../console/console-fixture.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

const CODE = "271828";
const WRONG = "000000";
/** Two pages are looked at in all their forms, which a busy machine takes minutes for. */
const INSPECTED_MS = 600_000;
const REASON = "お客様からのお問い合わせ";

describe("verifications of real calls in the console, in Chromium", () => {
  let calls: CallService;
  let chromium: RunningBrowser;
  let store: Store;
  let origin: string;
  let console_: ConsolePage;

  before(async () => {
    await setUp();
    chromium = await startChromium();
    calls = await CallService.start({ HONNIN_DIDS: "0312340000" });
    store = await Store.open(calls.dataDir);
    // Nobody listens there: an event stays on its way.
    await store.write((db) => setWebhook(db, store.vault, "cli_test", "https://127.0.0.1:9/"));
    origin = calls.service.console?.url ?? "";
    console_ = await ConsolePage.open(chromium.browser, origin);
    await console_.enter(await tokenOf("operator"));
  });
  after(async () => {
    await console_.close();
    await store.close();
    await calls.stop();
    await chromium.stop();
  });

  /** Of somebody of that role who has just logged in. */
  async function tokenOf(role: "operator"): Promise<string | undefined> {
    const now = Date.now();
    const parts = { vault: store.vault, now };
    const token = await store.write((db) => inviteAdmin(db, parts, BY_COMMAND, { name: "佐藤 花子", role }));
    const browser = new ConsoleBrowser(origin, calls.service.certFile);
    const look = await browser.post("/api/links/look", { token });
    const code = totpCode((look.json["totp"] as { secret: string }).secret, now);
    await browser.post("/api/links/password", { token, name: "佐藤 花子", password: PASSWORD, code });
    browser.close();
    return browser.token;
  }

  it("finds a call by its number, tells its story, and reveals, sends again and cancels", async () => {
    const { page } = console_;
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE, metadata: { order: "A-17" } });
    await phone.answered();
    await calls.happened(id, "listening");
    await phone.press(WRONG);
    await calls.happened(id, "listening", { nth: 2 });
    await phone.press(CODE);
    await phone.hungUpOn();
    await calls.ended(id);
    const { id: waiting } = await calls.register(calls.newNumber(), {
      direction: "inbound",
      code: CODE,
    });

    await console_.goto("/verifications");
    await page.getByRole("link", { name: waiting }).waitFor();
    await page.getByLabel("電話番号", { exact: true }).fill(number.replace(/^(...)(....)/, "$1-$2-"));
    await page.getByRole("button", { name: "検索" }).click();
    await page.getByText("1件が見つかりました。").waitFor();
    expect(page.url(), "no number in the address").to.equal(`${origin}/verifications`);
    expect(await console_.inspect("verifications")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);

    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "CSVを出力" }).click();
    const file = await readFile(await (await saving).path(), "utf8");
    expect(file).to.match(new RegExp(`^\uFEFF登録日時 .*\r\n.*,${id},.*,verified,.*\r\n$`));

    await page.getByRole("link", { name: id }).click();
    await page.getByRole("heading", { name: "経過" }).waitFor();
    const story = (await page.locator(".timeline li strong").allInnerTexts()).join(" ");
    expect(story).to.match(/^登録されました 発信しました/);
    expect(story).to.match(
      /応答しました 案内を再生しました キーが6回押されました 誤りと判定しました 案内を再生しました キーが6回押されました/,
    );
    expect(story)
      .to.include("正しいと判定しました")
      .and.to.match(/通話が終了しました$/);
    await page.getByText("案内が終わり、本システムから切りました。").waitFor();
    await page.getByText("16（正常切断）").waitFor();
    const text = await page.locator("main").innerText();
    expect(text).to.include("残り2回").and.include("A-17");
    expect(text).to.match(/トランク\s+trunk\s/);
    for (const secret of [CODE, WRONG, number.slice(1, -2)]) expect(text).to.not.include(secret);
    expect(await console_.inspect("verification")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);

    await page.getByRole("button", { name: "番号を表示" }).click();
    await page.getByLabel("表示する理由").fill(REASON);
    expect(await console_.overflows()).to.equal(false);
    await page.getByRole("dialog").getByRole("button", { name: "番号を表示" }).click();
    await page.getByText(`+81${number.slice(1)}`).waitFor();

    await page.getByRole("button", { name: "再送: verification.verified" }).click();
    await page.getByText("再送を受け付けました。").waitFor();
    const answer = page
      .getByRole("row", { name: /verification\.verified/ })
      .getByRole("cell")
      .nth(3);
    const reload = page.getByRole("button", { name: "最新の状態に更新" });
    const inWords = async (): Promise<boolean> => {
      await reload.click();
      return (
        (await answer.innerText()) === "送信が許可されていない宛先です（社内アドレスなど） target_refused"
      );
    };
    await poll(inWords, PATIENCE_MS, "the last answer in words");

    await page.getByRole("link", { name: "一覧へ戻る" }).click();
    await page.getByText("1件が見つかりました。").waitFor();
    await page.getByRole("button", { name: "条件をクリア" }).click();
    await page.getByRole("link", { name: waiting }).click();
    await page.getByRole("button", { name: "認証を取り消す" }).click();
    await page.getByRole("dialog").getByText("案内なしで電話が切れます").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "認証を取り消す" }).click();
    await page.locator(".timeline").getByText("取り消し", { exact: true }).waitFor();
    expect(await calls.result(waiting)).to.include({ status: "canceled" });

    const audited = (await listAudit(store.read, { limit: 20 })).map(({ act, target }) => `${act} ${target}`);
    expect(audited.slice(0, 4).reverse()).to.deep.equal([
      "verifications.exported csv",
      `number.revealed ${id}`,
      audited[1],
      `verification.canceled ${waiting}`,
    ]);
    expect(audited[1]).to.match(/^webhook\.redelivered evt_/);
    const { complaints, elsewhere } = console_;
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  }).timeout(INSPECTED_MS);
});
