import { expect } from "chai";
import { setUp } from "../cli/honnin-command.js";
import { CallService } from "../calls/call-service.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

const NUMBER = "09012345678";
const DID = "0312345678";
/** Above -36 dB: no noise of an empty line is as loud. */
const AUDIBLE = 0.4;

describe("the telephone in the browser, in Chromium", () => {
  let calls: CallService;
  let chromium: RunningBrowser;
  let telephone: ConsolePage;

  before(async () => {
    await setUp();
    calls = await CallService.start({
      HONNIN_TEST_PHONES: `${NUMBER}=1001`,
      HONNIN_DEMO: "true",
      HONNIN_DIDS: DID,
      HONNIN_RING_SECONDS: "180",
      HONNIN_FIRST_KEY_SECONDS: "60",
      HONNIN_NEXT_KEY_SECONDS: "60",
    });
    chromium = await startChromium(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]);
  });
  after(async () => {
    await chromium.stop();
    await calls.stop();
  });
  beforeEach(async () => {
    telephone = await open();
  });
  afterEach(async () => {
    const { complaints, elsewhere } = telephone;
    await telephone.close();
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });

  const open = async (): Promise<ConsolePage> => {
    const { console: door } = calls.service;
    if (door === null) throw new Error("there is no console");
    const window = await ConsolePage.open(chromium.browser, door.url);
    await window.context.grantPermissions(["microphone"], { origin: door.url });
    await window.goto("/phone");
    return window;
  };
  const startWaiting = async ({ page }: ConsolePage): Promise<void> => {
    await page.getByRole("button", { name: "待ち受けを開始" }).click();
    await page.getByText("待ち受け中").waitFor();
  };
  const hears = ({ page }: ConsolePage): Promise<void> =>
    poll(
      async () => Number(await page.evaluate("document.querySelector('meter').value")) > AUDIBLE,
      PATIENCE_MS,
      "the guidance to be heard",
    );

  it("says what it is, and shows the account for a softphone where it is asked for", async () => {
    const { page } = telephone;
    await page.getByRole("heading", { name: "ブラウザー電話", level: 1 }).waitFor();
    await page.getByRole("button", { name: "アカウントを表示" }).click();
    await page.getByRole("img", { name: "アカウントの QR コード" }).waitFor();
    const password = calls.service.testPhones[0]?.password ?? "";
    expect(await page.locator("code.secret").innerText()).to.equal(password);
    expect(await telephone.inspect("phone")).to.deep.equal([]);
    expect(await telephone.overflows()).to.equal(false);
    expect(calls.logged).not.to.include(password);
  });

  it("rings for a verification of its number, lets the guidance be heard, and keys the code", async () => {
    const { page } = telephone;
    await startWaiting(telephone);
    const { id, code = "" } = await calls.register(NUMBER);
    await page.getByRole("button", { name: "応答" }).waitFor();
    await telephone.picture("phone-ringing");
    await page.keyboard.press("Enter");
    await page.getByText("通話中").waitFor();
    await hears(telephone);
    await calls.happened(id, "listening");
    for (const digit of code) await page.keyboard.press(digit);
    expect((await calls.ended(id)).status).to.equal("verified");
    await page.getByText("通話が終わりました").waitFor();
    expect(await page.getByText("キーを送信しました").count()).to.equal(code.length);
    expect(await telephone.overflows()).to.equal(false);
  });

  it("calls a number of ours as whoever is wanted, and keys on its keypad", async () => {
    const { page } = telephone;
    await startWaiting(telephone);
    const caller = calls.newNumber();
    const { id, code = "" } = await calls.register(caller, { direction: "inbound" });
    await page.getByLabel("発信者番号").fill(caller);
    await page.getByRole("button", { name: "発信する" }).click();
    await page.getByText("通話中").waitFor();
    await hears(telephone);
    await calls.happened(id, "listening");
    expect(await telephone.inspect("phone-talking")).to.deep.equal([]);
    const keypad = page.getByRole("group", { name: "ダイヤルパッド" });
    for (const digit of code) await keypad.getByRole("button", { name: digit, exact: true }).click();
    const ended = await calls.ended(id);
    expect(ended.status).to.equal("verified");
    expect(ended.attempts[0]?.caller_evidence?.["from"]).to.include(caller);
  });

  it("withholds its number where 184 is the caller", async () => {
    const { page } = telephone;
    await startWaiting(telephone);
    await page.getByLabel("発信者番号").fill("184");
    await page.getByRole("button", { name: "発信する" }).click();
    expect((await calls.noMatch(`+81${DID.slice(1)}`)).why).to.equal("withheld");
    await page.getByText("通話中").waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("通話が終わりました").waitFor();
  });

  it("rejects by Escape", async () => {
    const { page } = telephone;
    await startWaiting(telephone);
    const { id } = await calls.register(NUMBER);
    await page.getByRole("button", { name: "応答" }).waitFor();
    await page.keyboard.press("Escape");
    expect((await calls.ended(id)).attempts[0]).to.include({ outcome: "rejected" });
  });

  it("sends the microphone where it is chosen", async () => {
    const { page } = telephone;
    await page.getByLabel("マイク").selectOption("default");
    await startWaiting(telephone);
    const { id } = await calls.register(NUMBER);
    await page.getByRole("button", { name: "応答" }).click();
    await calls.happened(id, "listening");
    await page.getByRole("button", { name: "切断" }).click();
    await calls.ended(id);
  });

  it("stays off where it is ended while the microphone is asked for", async () => {
    const { page } = telephone;
    const connected: string[] = [];
    page.on("websocket", (socket) => connected.push(socket.url()));
    // Somebody who does not answer at once: what they are asked stands until `allow`.
    await page.evaluate(`{
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      const allowed = new Promise((resolve) => { window.allow = resolve; });
      navigator.mediaDevices.getUserMedia = (wanted) => {
        const asked = allowed.then(() => ask(wanted)).then((stream) => (window.stream = stream));
        window.asked = asked;
        return asked;
      };
      undefined;
    }`);
    await page.getByLabel("マイク").selectOption("default");
    await page.getByRole("button", { name: "待ち受けを開始" }).click();
    await poll(
      () => page.evaluate("window.asked !== undefined"),
      PATIENCE_MS,
      "the microphone to be asked for",
    );
    await page.getByRole("button", { name: "待ち受けを終了" }).click();
    await page.evaluate("window.allow()");
    await poll(
      () =>
        page.evaluate(
          "window.stream?.getTracks().every(({ readyState }) => readyState === 'ended') === true",
        ),
      PATIENCE_MS,
      "the microphone to be let go",
    );
    await page.getByRole("button", { name: "待ち受けを開始" }).waitFor();
    expect(connected).to.deep.equal([]);
  });

  it("is one window at a time: the latest rings, and the one before says why it does not", async () => {
    await startWaiting(telephone);
    const second = await open();
    try {
      await startWaiting(second);
      await telephone.page.getByText("別の画面で同じ内線の待ち受けが始まった").waitFor();
      const { id } = await calls.register(NUMBER);
      await second.page.getByRole("button", { name: "拒否" }).click();
      await calls.ended(id);
    } finally {
      await second.close();
    }
  });

  it("comes back by itself where Asterisk was ended", async () => {
    const { page } = telephone;
    await startWaiting(telephone);
    process.kill(calls.service.asteriskPid() ?? 0, "SIGKILL");
    await page.getByText("自動的に再接続します").waitFor();
    await page.getByText("待ち受け中").waitFor();
    const { id } = await calls.register(NUMBER);
    await page.getByRole("button", { name: "拒否" }).click();
    await calls.ended(id);
  });
});
