import { expect } from "chai";
import { parse } from "csv-parse/sync";
import type { Locator } from "playwright-core";
import { setUp } from "../cli/honnin-command.js";
import { ConsoleFixture } from "../console/console-fixture.js";
import { insertCall, insertClients } from "../console/stored-calls.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

/** In Japan. */
const at = (time: string): number => Date.parse(`2026-11-${time}+09:00`);

/** Colours of the canvas of a plot, by how many of its pixels have them; what is clear is left out. */
const COLOURS = `(canvas) => {
  // Read from a copy: of a canvas that is read again and again Chromium complains.
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [canvas.width, canvas.height];
  const context = copy.getContext("2d", { willReadFrequently: true });
  context.drawImage(canvas, 0, 0);
  const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
  const found = new Map();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] !== 255) continue;
    const colour = [...data.slice(at, at + 3)].join();
    found.set(colour, (found.get(colour) ?? 0) + 1);
  }
  return Object.fromEntries([...found].filter(([, pixels]) => pixels > 50));
}`;

describe("what the console shows over time, in Chromium", () => {
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
    fixture.now = at("27T15:20:00");
    await insertClients(fixture.store, "acme", "other");
    await fill();
    console_ = await ConsolePage.open(chromium.browser, fixture.origin);
    const { browser } = await fixture.person("sato", "viewer");
    await console_.enter(browser.token);
  });
  afterEach(async () => {
    const { complaints, elsewhere } = console_;
    await console_.close();
    await fixture.stop();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  /** A day of calls, and at 14 o'clock four verified ones and two of which nobody answered. */
  async function fill(): Promise<void> {
    const { store } = fixture;
    const call = { begins: 0, answered: 5_000, ends: 30_000 };
    for (let hour = 0; hour < 24; hour += 1) {
      const begin = at("26T16:00:00") + hour * 3_600_000;
      const verified = 2 + ((hour * 7) % 9);
      for (let nth = 0; nth < (hour === 22 ? 4 : verified); nth += 1) {
        const lineType = (["mobile", "fixed", "ip"] as const)[nth % 3] ?? "mobile";
        const answered = 3_000 + ((hour * 13 + nth * 7) % 11) * 700;
        const one = { at: begin + nth * 20_000, lineType, call: { ...call, answered } };
        await insertCall(store, { ...one, client: nth % 2 === 0 ? "cli_acme" : "cli_other" });
      }
      const failed = { at: begin + 600_000, status: "failed", entries: 0 } as const;
      const unanswered = { ...failed, reason: "no_answer", call: { begins: 0, ends: 20_000 } } as const;
      for (let nth = 0; nth < (hour === 22 ? 2 : hour % 3); nth += 1) await insertCall(store, unanswered);
      if (hour % 5 === 0) await insertCall(store, { ...failed, reason: "wrong_code", entries: 3, call });
      if (hour % 11 === 3) await insertCall(store, { ...failed, reason: "fraud_reported", call });
      if (hour % 6 === 1) await insertCall(store, { ...failed, status: "expired" });
    }
  }

  const plot = (title: string): Locator =>
    console_.page
      .locator("section.plot")
      .filter({ has: console_.page.getByRole("heading", { name: title }) });
  const drawn = async (title: string): Promise<Record<string, number>> => {
    const canvas = plot(title).locator("canvas");
    await canvas.waitFor();
    let colours: Record<string, number> = {};
    // It is drawn in a turn of its own after it is there.
    while (Object.keys(colours).length === 0) colours = await canvas.evaluate(evaluated(COLOURS));
    return colours;
  };

  /** How those stand that are in the list of verifications. */
  const listed = async (): Promise<string[]> =>
    (await console_.page.locator("tbody tr td:nth-child(3)").allInnerTexts()).map((text) => text.trim());

  it("draws six plots, in both languages, light and dark", async () => {
    const { page } = console_;
    await console_.goto("/statistics");
    await page.getByRole("heading", { name: "推移", level: 1 }).waitFor();
    const titles = ["結果の内訳", "回線種別ごとの応答率", "応答までの時間", "判定までの時間"];
    for (const title of [...titles, "同時通話数", "コードの誤りと不正の申告"]) {
      expect(Object.keys(await drawn(title)).length, title).to.be.greaterThan(1);
    }
    expect(await console_.inspect("statistics")).to.deep.equal([]);
  });

  it("has the figures of a plot in a table below it", async () => {
    const { page } = console_;
    await console_.goto("/statistics");
    await page.getByRole("heading", { name: "推移", level: 1 }).waitFor();
    const outcomes = plot("結果の内訳");
    await outcomes.getByText("表で見る").click();
    const row = outcomes.getByRole("row").filter({ hasText: "14:00" });
    expect(await row.getByRole("cell").allInnerTexts()).to.deep.equal(["4", "0", "2", "0", "0"]);
    expect(await outcomes.getByRole("columnheader").allInnerTexts()).to.deep.equal([
      ...["日時", "認証成功", "コードの誤り", "応答なし", "不正の申告", "期限切れ"],
    ]);
    expect(await console_.inspect("statistics-table")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
  });

  it("draws in the colours of the page, and anew when those change", async () => {
    const { page } = console_;
    await console_.goto("/statistics");
    const ink = async (): Promise<string> => {
      const colour = await page.evaluate(
        'getComputedStyle(document.querySelector(".ink-verified")).backgroundColor',
      );
      return String(colour).replace(/[^\d,]/g, "");
    };
    const light = await drawn("結果の内訳");
    expect(light).to.have.property(await ink());
    await page.getByLabel("配色").selectOption("dark");
    const darkInk = await ink();
    expect(light).not.to.have.property(darkInk);
    // Not by the browser's own waiting: that evaluates text in the page, which the policy forbids.
    const untilInk = (isThere: boolean): Promise<void> =>
      poll(
        async () => isThere === ((await drawn("結果の内訳"))[darkInk] !== undefined),
        PATIENCE_MS,
        `plots ${isThere ? "with" : "without"} the ink of the dark`,
      );
    await untilInk(true);
    await page.getByLabel("配色").selectOption("system");
    await untilInk(false);
    await page.emulateMedia({ colorScheme: "dark" });
    await untilInk(true);
  });

  it("leads from a bar to its verifications, and from the table to the same", async () => {
    const { page } = console_;
    await console_.goto("/statistics");
    await drawn("結果の内訳");
    await page.getByLabel("クライアント").selectOption("acme");
    await page.waitForURL(/client=cli_acme/);
    await drawn("結果の内訳");
    const over = plot("結果の内訳").locator(".u-over");
    // The hour of 14 o'clock is the last but one; at the foot of its bar stand those that were verified. Until it is drawn
    // for that client it may have another size.
    const clicked = async (): Promise<boolean> => {
      const { width = 0, height = 0 } = (await over.boundingBox()) ?? {};
      const position = { x: (width * 22.5) / 24, y: height - 3 };
      return over.click({ position, timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    };
    await poll(clicked, PATIENCE_MS, "the bar to be clicked");
    await page.waitForURL(/\/verifications\?/);
    const led = Object.fromEntries(new URL(page.url()).searchParams);
    const hour = { from: "2026-11-27T05:00:00.000Z", to: "2026-11-27T06:00:00.000Z", client: "cli_acme" };
    expect(led).to.deep.equal({ ...hour, status: "verified" });
    await page.getByText("2件が見つかりました。").waitFor();
    expect(await listed()).to.deep.equal(["認証成功", "認証成功"]);
    expect(await page.getByLabel("状態").inputValue()).to.equal("verified");
    expect(await page.getByLabel("クライアント").inputValue()).to.equal("cli_acme");
    expect(await page.getByLabel("登録日時（から）").inputValue()).to.match(/^2026-11-27T14:00/);
    expect(await page.getByLabel("登録日時（まで）").inputValue()).to.match(/^2026-11-27T15:00/);
    await page.goBack();
    await drawn("結果の内訳");
    await plot("結果の内訳").getByText("表で見る").click();
    const row = plot("結果の内訳").getByRole("row").filter({ hasText: "14:00" });
    await row.getByRole("link").nth(2).waitFor();
    const hrefs = await row.getByRole("link").evaluateAll((links) => links.map((link) => String(link)));
    expect(hrefs.map((href) => Object.fromEntries(new URL(href).searchParams))).to.deep.equal([
      hour,
      { ...hour, status: "verified" },
      { ...hour, status: "failed", reason: "no_answer" },
    ]);
    await row.getByRole("link").last().click();
    await page.getByText("2件が見つかりました。").waitFor();
    expect(await listed()).to.deep.equal(["認証失敗 応答なし", "認証失敗 応答なし"]);
    // Another address of the same page.
    await page.evaluate(
      'history.pushState(null, "", "?status=expired"); dispatchEvent(new Event("popstate"))',
    );
    await page.getByText("4件が見つかりました。").waitFor();
    expect(new Set(await listed())).to.deep.equal(new Set(["期限切れ"]));
  });

  it("keeps a time to the millisecond until it is edited, and what is searched out of the address", async () => {
    const { page } = console_;
    const bodyOf = async (act: () => Promise<unknown>): Promise<unknown> => {
      const [request] = await Promise.all([page.waitForRequest(/\/verifications\/search$/), act()]);
      return request.postDataJSON();
    };
    const span = { from: "2026-11-27T05:00:30.250Z", to: "2026-11-27T06:00:00.000Z" };
    const address = `/verifications?${new URLSearchParams({ ...span, status: "nonsense" }).toString()}`;
    expect(await bodyOf(() => console_.goto(address))).to.deep.equal(span);
    const search = page.getByRole("button", { name: "検索" });
    expect(await bodyOf(() => search.click())).to.deep.equal(span);
    expect(new URL(page.url()).search).to.equal("");
    await page.getByLabel("登録日時（まで）").fill("2026-11-27T14:30:15");
    expect(await bodyOf(() => search.click())).to.deep.equal({ ...span, to: "2026-11-27T05:30:15.000Z" });
  });

  it("goes back in time, and forward to now", async () => {
    const { page } = console_;
    await console_.goto("/statistics?period=31d");
    await page.getByText("2026/10/28 0:00 〜 2026/11/28 0:00").waitFor();
    await page.getByRole("button", { name: "前の期間" }).click();
    await page.getByText("2026/09/27 0:00 〜 2026/10/28 0:00").waitFor();
    expect(new URL(page.url()).searchParams.get("until")).to.equal("2026-10-27T15:00:00.000Z");
  });

  it("loads what draws with the page that has plots, and with no other", async () => {
    const { page } = console_;
    const loaded: string[] = [];
    page.on("request", (request) => loaded.push(new URL(request.url()).pathname));
    await console_.goto("/usage");
    await page.getByRole("heading", { name: "利用量", level: 1 }).waitFor();
    await page.getByText("適用中の料金表").waitFor();
    expect(loaded.filter((path) => path.includes("draw"))).to.deep.equal([]);
    await page.getByRole("link", { name: "推移" }).click();
    await drawn("結果の内訳");
    expect(loaded.filter((path) => path.includes("draw"))).to.have.length(2);
  });

  it("shows the month with charges, budgets and tariff, and gives it as CSV", async () => {
    const { page } = console_;
    await console_.goto("/usage");
    await page.getByRole("cell", { name: "60,000円" }).first().waitFor();
    await page.getByText("acmeの内訳").click();
    expect(await console_.inspect("usage")).to.deep.equal([]);
    expect(await console_.overflows()).to.equal(false);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "CSV をダウンロード" }).click(),
    ]);
    expect(download.suggestedFilename()).to.equal("honnin-usage-2026-11.csv");
    // Its content is that of the address: whether a file may be written is a matter of the machine.
    const text = String(await page.evaluate(`fetch("${download.url()}").then((file) => file.text())`));
    const rows = parse(text, { bom: true });
    expect(rows[0]?.[0]).to.equal("client");
    expect(
      rows.filter(([, , service]) => service === "total").map(([client, , , , , , , , sum]) => [client, sum]),
    ).to.deep.equal([
      ["acme", "60000"],
      ["other", "60000"],
    ]);
    await page.getByLabel("月", { exact: true }).selectOption("2026-10");
    await page.waitForURL(/month=2026-10/);
    await page.getByRole("heading", { name: "予算の消化" }).waitFor({ state: "detached" });
  });
});

function evaluated(text: string): (element: unknown) => Record<string, number> {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- Playwright sends a function as its text
  return new Function("element", `return (${text})(element)`) as (element: unknown) => Record<string, number>;
}
