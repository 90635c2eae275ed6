import { expect } from "chai";
import { type ApiBeside, apiBeside } from "../console/api-beside.js";
import { ConsoleFixture } from "../console/console-fixture.js";
import { setUp } from "../cli/honnin-command.js";
import { Receiver } from "../events/receiver.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

describe("clients of the console, in Chromium", () => {
  let fixture: ConsoleFixture;
  let api: ApiBeside;
  let receiver: Receiver;
  let chromium: RunningBrowser;
  let console_: ConsolePage;

  before(async () => {
    await setUp();
    chromium = await startChromium();
  });
  after(() => chromium.stop());
  beforeEach(async () => {
    fixture = await ConsoleFixture.start("localhost");
    api = await apiBeside(fixture);
    receiver = await Receiver.start();
    console_ = await ConsolePage.open(chromium.browser, fixture.origin);
  });
  afterEach(async () => {
    const { complaints, elsewhere } = console_;
    await console_.close();
    await receiver.stop();
    await api.stop();
    await fixture.stop();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  const look = async (name: string): Promise<void> => {
    expect(await console_.inspect(name)).to.deep.equal([]);
    expect([name, await console_.overflows()]).to.deep.equal([name, false]);
  };
  const section = (name: string): Promise<void> =>
    console_.page.getByRole("navigation", { name: "クライアントの管理項目" }).getByText(name).click();

  it("makes a client and a key that the API takes, has the old one end, and revokes it", async () => {
    const { page } = console_;
    const { browser } = await fixture.person("佐藤 花子", "admin");
    await console_.enter(browser.token);
    await console_.goto("/clients");
    await page.getByRole("button", { name: "クライアントを追加" }).click();
    await page.getByLabel("クライアント名").fill("あかね商店");
    await look("client-make");
    await page.getByRole("dialog").getByRole("button", { name: "クライアントを追加" }).click();
    await page.getByRole("heading", { name: "あかね商店", level: 1 }).waitFor();

    await page.getByRole("button", { name: "API キーを発行" }).click();
    await page.getByLabel("用途").fill("本番サーバー");
    await page.getByLabel("期限", { exact: true }).selectOption("days");
    await page.getByLabel("何日後まで").fill("90");
    await look("client-key-make");
    await page.getByRole("dialog").getByRole("button", { name: "API キーを発行" }).click();
    const key = await page.locator("code.secret").innerText();
    const shop = api.client(key);
    expect((await shop.get("/v1/enrollments")).status).to.equal(200);
    await page.getByRole("dialog").getByRole("button", { name: "閉じる" }).click();
    expect(await page.locator("main").innerText()).not.to.include(key);
    await page.getByRole("button", { name: "期限を変更" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "期限を変更" }).click();
    await page.getByText("2026年11月28日").or(page.getByText("2026/11/28")).waitFor();
    await look("client-keys");

    await page.getByRole("button", { name: "失効させる" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "失効させる" }).click();
    await page.getByRole("cell", { name: "失効", exact: true }).waitFor();
    expect((await shop.get("/v1/enrollments")).status).to.equal(401);
    await console_.goto("/clients");
    await page.getByRole("link", { name: "あかね商店" }).waitFor();
    await look("clients");
  });

  it("changes settings, and says which are wrong", async () => {
    const { page } = console_;
    const { browser } = await fixture.person("佐藤 花子", "admin");
    const { id } = (await browser.post("/api/clients", { name: "shop" })).json;
    await console_.enter(browser.token);
    await console_.goto(`/clients/${String(id)}/settings`);
    const calls = page.getByRole("textbox", { name: "同時発信数" });
    await calls.fill("many");
    await page.getByRole("checkbox", { name: "spoken" }).uncheck();
    await page.getByRole("checkbox", { name: "+81312340001" }).check();
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("受け付けられない値です。").waitFor();
    await look("client-settings");
    await calls.fill("3");
    await page.getByRole("button", { name: "保存" }).click();
    await page.getByText("保存しました。").waitFor();
    const after = (await browser.get(`/api/clients/${String(id)}`)).json;
    const values = Object.fromEntries(
      (after["settings"] as { key: string; value: string }[])
        .filter(({ value }) => value !== "")
        .map(({ key, value }) => [key, value]),
    );
    expect(values).to.deep.equal({ max_calls: "3", methods: "keypad,caller_id" });
    expect(after["dids"]).to.deep.equal(["+81312340001"]);
  });

  it("sets a webhook, shows its secret once, and tests it", async () => {
    const { page } = console_;
    const { browser } = await fixture.person("佐藤 花子", "admin");
    const { id } = (await browser.post("/api/clients", { name: "shop" })).json;
    await console_.enter(browser.token);
    await console_.goto(`/clients/${String(id)}/webhook`);
    await page.getByLabel("送信先の URL").fill("nothing");
    await page.getByRole("button", { name: "保存して送信を始める" }).click();
    await page.getByText("https の URL を入力してください。").waitFor();
    await page.getByLabel("送信先の URL").fill(receiver.url);
    await page.getByRole("button", { name: "保存して送信を始める" }).click();
    expect(await page.locator("code.secret").innerText()).to.match(/^whsec_/);
    await page.getByRole("dialog").getByRole("button", { name: "閉じる" }).click();
    await page.getByRole("button", { name: "テスト送信" }).click();
    await page.getByText("届きました（ステータス 204）。").waitFor();
    expect(receiver.types).to.deep.equal(["test"]);
    await look("client-webhook");
  });

  it("takes a file of numbers, tells what is wrong with another, and ends one", async () => {
    const { page } = console_;
    const { browser } = await fixture.person("佐藤 花子", "admin");
    const { id } = (await browser.post("/api/clients", { name: "shop" })).json;
    await console_.enter(browser.token);
    await console_.goto(`/clients/${String(id)}/enrollments`);
    await page.getByText("該当する番号登録はありません。").waitFor();
    const give = (text: string): Promise<void> =>
      page
        .getByLabel("CSV ファイル")
        .setInputFiles({ name: "members.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await give("phone_number,pin\n09012345678,12\n0120123456,1234\n");
    await page.getByRole("button", { name: "内容を確認" }).click();
    await page.getByText("2か所に誤りがあります。").waitFor();
    await look("client-file-wrong");
    await give("電話番号,登録ID,暗証番号\n090-1234-5678,member-1,48151\n080-1234-5678,member-2,\n");
    await page.getByRole("button", { name: "内容を確認" }).click();
    await page.getByText("2件を登録できます（うち暗証番号あり1件）。").waitFor();
    await page.getByRole("button", { name: "登録を始める" }).click();
    await page.getByText("完了しました。新しく登録：2件").waitFor();
    await page.getByRole("rowheader", { name: "+81********78" }).first().waitFor();
    expect(await page.locator("main").innerText()).not.to.match(/12345678|48151/);
    await look("client-enrollments");
    await page.getByRole("button", { name: "登録を解除" }).first().click();
    await page.getByRole("dialog").getByRole("button", { name: "登録を解除" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    expect(await page.getByRole("rowheader", { name: "+81********78" }).count()).to.equal(1);
    await page.getByRole("button", { name: "番号を登録" }).click();
    await page.getByLabel("電話番号").last().fill("0120123456");
    await page.getByRole("dialog").getByRole("button", { name: "番号を登録" }).click();
    await page.getByText("フリーダイヤルなどは登録できません。").waitFor();
    await look("client-enroll");
  });

  it("lets viewers look, and offers them nothing to change", async () => {
    const { page } = console_;
    const admin = (await fixture.person("佐藤 花子", "admin")).browser;
    const { id } = (await admin.post("/api/clients", { name: "shop" })).json;
    await admin.post(`/api/clients/${String(id)}/keys`, { label: "本番", expires_at: null });
    const { browser } = await fixture.person("suzuki", "viewer");
    await console_.enter(browser.token);
    await console_.goto(`/clients/${String(id)}`);
    await page.getByRole("rowheader", { name: "本番" }).waitFor();
    expect(await page.locator("main button").count()).to.equal(0);
    await section("設定");
    expect(await page.getByRole("textbox", { name: "同時発信数" }).isDisabled()).to.equal(true);
    await section("番号登録");
    await page.getByText("該当する番号登録はありません。").waitFor();
    expect(await page.locator("main button").allInnerTexts()).to.deep.equal(["検索"]);
  });
});
