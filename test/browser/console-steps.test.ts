import { expect } from "chai";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { insertAttempt, markEnded } from "../../src/store/attempts.js";
import { insertVerification } from "../../src/store/verifications.js";
import { HOUR_MS } from "../../src/verification/durations.js";
import { setUp } from "../cli/honnin-command.js";
import { StandingCalls } from "../console/standing-calls.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { RATE, wavOf } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { verificationRow } from "../support/verification-rows.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

const HEADINGS = { en: "## Seven questions", ja: "## 7つの問い" };

/** How many steps each question takes in the console, as the manual says. */
function stepsInManual(language: "en" | "ja"): number[] {
  const text = readFileSync(path.join(PROJECT_DIR, `docs/${language}/console.md`), "utf8");
  const [, section = ""] = text.split(HEADINGS[language]);
  const rows = (section.split("\n## ")[0] ?? "").split("\n").filter((line) => line.startsWith("|"));
  return rows.slice(2).map((row) => Number(/\| (\d)[^|]*\|$/.exec(row)?.[1]));
}

/** From where one is after logging in; a step is a page that is opened, or a form that is filled in and sent. */
describe("seven questions, each in three steps at most, in Chromium", function () {
  this.timeout(600_000);
  let standing: StandingCalls;
  let chromium: RunningBrowser;
  let console_: ConsolePage;
  let page: Page;
  let steps: number;
  const counted: number[] = [];

  const step = async (work: () => Promise<unknown>): Promise<void> => {
    steps += 1;
    await work();
  };
  const menu = (name: string): Promise<void> =>
    step(() => page.getByRole("navigation").first().getByRole("link", { name, exact: true }).click());

  before(async () => {
    await setUp();
    standing = await StandingCalls.start();
    chromium = await startChromium();
    const { fixture } = standing;
    const { store, now } = fixture;
    await store.write(async (db) => {
      for (const [id, at] of [
        ["yesterday", now - 24 * HOUR_MS],
        // The clock of the fixture stands at the full hour.
        ["this-hour", now],
      ] as const) {
        const row = verificationRow(store, "cli_bank", id, at);
        const ended = { status: "failed", reason: "busy", completed_at: at + 9_000 } as const;
        const made = await insertVerification(db, { ...row, ...ended, next_attempt_at: null });
        const call = { id: `call-${id}`, verification_seq: made?.seq ?? 0, direction: "outbound" } as const;
        await insertAttempt(db, { ...call, started_at: at + 1_000 });
        const how = { outcome: "busy", sipStatus: 486, q850Cause: 17, story: null } as const;
        await markEnded(db, { id: call.id, at: at + 9_000, ...how });
      }
    });
    const { browser } = await fixture.person("佐藤 花子", "admin");
    await browser.post("/api/clients/cli_bank/keys", { label: "店頭サーバー", expires_at: null });
    console_ = await ConsolePage.open(chromium.browser, fixture.origin);
    ({ page } = console_);
    await console_.enter(browser.token);
  });
  after(async () => {
    const { complaints, elsewhere } = console_;
    await console_.close();
    await chromium.stop();
    await standing.stop();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });
  beforeEach(async () => {
    steps = 0;
    await console_.goto("/");
    await page.getByRole("heading", { name: "現在の状況", level: 1 }).waitFor();
  });
  afterEach(() => {
    counted.push(steps);
  });

  it("why did yesterday's call to 090… fail", async () => {
    await menu("認証の履歴");
    await page.getByLabel("電話番号").fill("090-1234-5678");
    await step(() => page.getByRole("button", { name: "検索", exact: true }).click());
    await step(() => page.getByRole("link", { name: "yesterday" }).click());
    await page.getByText("486").first().waitFor();
    await page.getByText("話し中").first().waitFor();
  });

  it("change the company's name in the greeting", async () => {
    await menu("案内");
    await step(() => page.getByRole("link", { name: "company-name", exact: true }).click());
    await page.getByLabel(/^文面/).fill("こちらは、みらい銀行です。");
    const recording = wavOf(speechLike(1, 1, RATE));
    const file = { name: "name.wav", mimeType: "audio/wav", buffer: recording };
    await page.getByLabel(/音声ファイルを選ぶ/).setInputFiles(file);
    await step(() => page.getByRole("button", { name: "この音声に差し替える" }).click());
    await page.getByText("第1版に差し替えました").waitFor();
  });

  it("is the trunk all right", async () => {
    await page.getByText("登録を拒否された").waitFor();
  });

  it("who is calling now", async () => {
    await page.locator("table.calls tbody tr").nth(2).waitFor();
  });

  it("give the shop a new key and end the old one in a day", async () => {
    await menu("クライアント");
    await step(() => page.getByRole("link", { name: "みらい銀行" }).click());
    await page.getByRole("button", { name: "交換" }).click();
    expect(await console_.inspect("key-replace")).to.deep.equal([]);
    await step(() => page.getByRole("button", { name: "新しいキーを発行" }).click());
    await page.getByText(/honnin_[A-Za-z0-9_-]{43}/).waitFor();
    const { keys } = (await keysOf()) as { keys: { label: string; expires_at: string | null }[] };
    const ends = keys.map(({ label, expires_at }) => [label, expires_at]);
    const aDay = new Date(standing.fixture.now + 24 * HOUR_MS).toISOString();
    expect(ends).to.have.deep.members([
      ["店頭サーバー", null],
      ["店頭サーバー", aDay],
    ]);
  });
  const keysOf = (): Promise<unknown> =>
    page.evaluate(`fetch("/api/clients/cli_bank/keys").then((answer) => answer.json())`);

  it("how many failed this hour and why", async () => {
    await menu("推移");
    const outcomes = page.locator("section, .card").filter({ hasText: "結果の内訳" }).last();
    await step(() => outcomes.getByText("表で見る").click());
    const head = await outcomes.locator("thead th").allInnerTexts();
    const last = await outcomes.locator("tbody tr").last().locator("th, td").allInnerTexts();
    expect(last[head.findIndex((name) => name.includes("話し中"))]).to.equal("1");
  });

  it("what will this month cost", async () => {
    await menu("利用量");
    await page.getByText("今月の見込み").first().waitFor();
  });

  it("as the manual counts them", () => {
    expect(Math.max(...counted)).to.be.at.most(3);
    for (const language of ["en", "ja"] as const) expect(stepsInManual(language)).to.deep.equal(counted);
  });
});
