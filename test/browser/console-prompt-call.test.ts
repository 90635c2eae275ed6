import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { listPromptVersions } from "../../src/store/prompts.js";
import { Store } from "../../src/store/store.js";
import { CallService } from "../calls/call-service.js";
import { setUp } from "../cli/honnin-command.js";
import { ConsoleBrowser } from "../console/console-browser.js";
import { PASSWORD, totpCode } from "../console/console-fixture.js";
import { promptsIn } from "../phones/ear.js";
import { knownPrompt, type KnownPrompt, PromptIndex, SHIPPED_SOUNDS } from "../phones/prompt-index.js";
import { PATIENCE_MS } from "../phones/waiting.js";
import { ulawOf } from "../prompts/library-fixture.js";
import { mp3Of, RATE } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { type RunningBrowser, startChromium } from "./chromium.js";
import { ConsolePage } from "./console-pages.js";

const CODE = "271828";
const ID = "company-name";

/** The administrator that the service's first link makes: the token of their session. */
async function firstAdministrator({ service }: CallService): Promise<string | undefined> {
  const { url, firstLink } = service.console ?? {};
  const browser = new ConsoleBrowser(url ?? "", service.certFile);
  try {
    const token = firstLink?.split("#")[1];
    const look = await browser.post("/api/links/look", { token });
    const { secret } = look.json["totp"] as { secret: string };
    const code = totpCode(secret, Date.now());
    const made = await browser.post("/api/links/password", { token, name: "sato", password: PASSWORD, code });
    expect(made.status, made.text).to.equal(201);
    return browser.token;
  } finally {
    browser.close();
  }
}

async function currentSound(dataDir: string): Promise<Buffer> {
  const store = await Store.open(dataDir);
  try {
    const [version] = await listPromptVersions(store.read, { clientId: null, locale: "ja", id: ID });
    return await ulawOf(store, version?.sound ?? "");
  } finally {
    await store.close();
  }
}

function known(name: string, sound: Buffer): KnownPrompt {
  const prompt = knownPrompt("", name, sound, "ulaw");
  if (prompt === undefined) throw new Error(`there is no sound of ${name}`);
  return prompt;
}

describe("a prompt that was sent by the console's page", function () {
  this.timeout(6 * PATIENCE_MS);
  let chromium: RunningBrowser;
  let calls: CallService;

  before(async () => {
    await setUp();
    chromium = await startChromium();
    calls = await CallService.start({ HONNIN_FIRST_KEY_SECONDS: "8" }, { sounds: "shipped" });
  });
  after(async () => {
    await calls.stop();
    await chromium.stop();
  });

  it("is heard by the person who is called next", async () => {
    const console_ = await ConsolePage.open(chromium.browser, calls.service.console?.url ?? "");
    const { page } = console_;
    await console_.enter(await firstAdministrator(calls));
    const recording = path.join(calls.dataDir, "name.mp3");
    await writeFile(recording, await mp3Of(speechLike(401, 1.5, RATE)));
    await console_.goto(`/prompts/ja/${ID}`);
    await page.getByLabel(/音声ファイルを選ぶ/).setInputFiles(recording);
    await page.getByRole("button", { name: "この音声に差し替える" }).click();
    await page.getByText("第1版に差し替えました").waitFor();
    const { complaints, elsewhere } = console_;
    await console_.close();

    const index = new PromptIndex([
      known("sent", await currentSound(calls.dataDir)),
      known("shipped", await readFile(path.join(SHIPPED_SOUNDS, "ja", `${ID}.ulaw`))),
    ]);
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await calls.happened(id, "listening");
    await phone.press(CODE);
    await phone.hungUpOn();
    const heard = promptsIn(phone.heard.packets, () => index);
    expect(heard.map((prompt) => prompt.id)).to.deep.equal(["sent"]);
    expect({ complaints, elsewhere }).to.deep.equal({ complaints: [], elsewhere: [] });
  });
});
