import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { openPromptLibrary } from "../../src/prompts/library.js";
import { setRecording } from "../../src/prompts/recordings.js";
import type { Locale } from "../../src/verification/prompt-id.js";
import { promptsIn } from "../phones/ear.js";
import { PROJECT_DIR } from "../phones/programs.js";
import { knownPrompt, PromptIndex } from "../phones/prompt-index.js";
import type { SippPhone } from "../phones/sipp.js";
import { names } from "../phones/transcript.js";
import { SHIPPED, ulawOf } from "../prompts/library-fixture.js";
import { ffmpeg, wavOf } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { CallService, type Result } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { gateKey, heardBy, spelledAfter } from "./spoken-listening.js";
import { Stories } from "./stories.js";
import { openStore } from "../support/test-database.js";

const CODE = "271828";
const PAYEE = "アクメ商店";
const YEN = { amount: "12345", currency: "JPY", payee: PAYEE, reference: "order-7" };
const YEN_SAID = "number-1 number-scale-1 number-2000 number-300 number-40 number-5 currency-yen";

const stories = new Stories<CallService>();
const story = stories.tell.bind(stories);

/** Finds the payee in what a telephone has heard: times. */
type TimesNamed = (phone: SippPhone) => Promise<number>;

const namedIn: Record<Locale, TimesNamed> = { ja: neverNamed, en: neverNamed };

function neverNamed(): Promise<number> {
  throw new Error("no payee was recorded");
}

/** Records a payee, as an admin would, beside the running service. */
async function recordPayee(
  calls: CallService,
  seed: number,
  text: string,
  locale: Locale,
): Promise<TimesNamed> {
  const store = await openStore(calls.dataDir);
  const dir = path.join(calls.dataDir, "prompts");
  const key = { clientId: null, locale, id: `payee-${String(seed)}` };
  const bytes = wavOf(speechLike(seed, 1.5, 16_000), 16_000);
  const library = openPromptLibrary(store, dir, SHIPPED);
  const { sound } = await setRecording(library, ffmpeg, key, { name: "payee.wav", bytes, text }, "tester");
  const known = knownPrompt(locale, key.id, await ulawOf(store, sound ?? ""), "ulaw");
  await store.close();
  if (known === undefined) throw new Error("there is no sound of the payee");
  const index = new PromptIndex([known]);
  return async (phone) => {
    await phone.catchUp();
    return promptsIn(phone.heard.packets, () => index).length;
  };
}

/** What is heard of these pieces: some of one to nine sound as the digits of codes do, and nobody can tell those apart. */
function heardAs(pieces: string, digit: (digit: string) => string = () => "•"): string {
  return pieces.replace(/(en\/)?number-([1-9])\b/g, (piece, english: string | undefined, value: string) =>
    soundsAsDigit(english === undefined ? "ja" : "en", value)
      ? `${english ?? ""}digit-${digit(value)}`
      : piece,
  );
}

function soundsAsDigit(locale: Locale, value: string): boolean {
  const [number, spelled] = ["number", "digit"].map((kind) =>
    readFileSync(path.join(PROJECT_DIR, "sounds", locale, `${kind}-${value}.ulaw`)),
  );
  return number !== undefined && spelled !== undefined && number.equals(spelled);
}

async function answeredCall(
  calls: CallService,
  body: Readonly<Record<string, unknown>>,
): Promise<{ phone: SippPhone; id: string; number: string }> {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { code: CODE, ...body });
  await phone.answered();
  await phone.heard.speech();
  return { phone, id, number };
}

async function hungUpByUs(calls: CallService, phone: SippPhone, id: string): Promise<Result> {
  await phone.hungUpOn();
  const result = await calls.ended(id);
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  return result;
}

story("keypad: amount and payee are heard, and then the code is asked for", async (calls) => {
  const named = namedIn.ja;
  const { phone, id } = await answeredCall(calls, { transaction: YEN });
  await calls.happened(id, "listening");
  await phone.press(CODE);
  await calls.happened(id, "ruled");
  const result = await hungUpByUs(calls, phone, id);
  expect(result)
    .to.include({ status: "verified", code_entries: 1 })
    .and.to.deep.include({ transaction: YEN });
  expect(names(phone.prompts)).to.equal(
    `company-name greeting amount-intro ${heardAs(YEN_SAID)} payee-intro transaction-choices ask-code-transaction verified goodbye`,
  );
  expect(await named(phone), "the payee was heard").to.equal(1);
});

story(
  "keypad: a code that is keyed before all was heard is no answer, and star tells it again",
  async (calls) => {
    const named = namedIn.ja;
    const { phone, id } = await answeredCall(calls, { transaction: YEN });
    await phone.press(CODE);
    await calls.happened(id, "listening");
    expect(await calls.result(id)).to.include({ status: "in_progress", code_entries: 0 });
    await phone.press("*");
    await calls.happened(id, "listening", { nth: 2 });
    await phone.press(CODE);
    expect(await hungUpByUs(calls, phone, id)).to.include({ status: "verified", code_entries: 1 });
    expect(await named(phone), "told twice").to.equal(2);
  },
);

story("keypad, in English: dollars and cents", async (calls) => {
  const named = namedIn.en;
  const transaction = { amount: "1021.50", currency: "USD", payee: "Acme Stores", reference: "order-8" };
  const { phone, id } = await answeredCall(calls, { locale: "en", transaction });
  await calls.happened(id, "listening");
  await phone.press(CODE);
  expect(await hungUpByUs(calls, phone, id)).to.include({ status: "verified" });
  const amount = "en/number-1000 en/number-20 en/number-1 en/currency-dollar en/number-50 en/currency-cent";
  expect(names(phone.prompts)).to.equal(
    `en/company-name en/greeting en/amount-intro ${heardAs(amount)} en/payee-intro en/transaction-choices ` +
      "en/ask-code-transaction en/verified en/goodbye",
  );
  expect(await named(phone)).to.equal(1);
});

story("spoken: told behind the gate, before the code is read", async (calls) => {
  const named = namedIn.ja;
  const { phone, id } = await answeredCall(calls, { method: "spoken", transaction: YEN });
  const key = await gateKey(calls, phone, id);
  expect(names(await heardBy(phone)), "nothing is told before the gate").to.match(/human-gate digit-•$/);
  await phone.press(key);
  await hungUpByUs(calls, phone, id);
  const heard = (await heardBy(phone)).map(({ id: prompt }) => prompt).join(" ");
  expect(heard).to.include(`amount-intro ${heardAs(YEN_SAID, (value) => value)} payee-intro`);
  expect(heard.indexOf("transaction-choices")).to.be.below(heard.indexOf("spoken-intro"));
  expect(await named(phone)).to.equal(1);
  expect(await spelledAfter(phone, "spoken-intro")).to.equal(
    [...CODE].map((key) => `digit-${key}`).join(" "),
  );
  const { json } = await calls.api.post(`/v1/verifications/${id}/check`, { code: CODE });
  expect(json).to.include({ status: "verified" }).and.to.deep.include({ transaction: YEN });
});

story("0# refuses: failed with transaction_refused, and the number may be called again", async (calls) => {
  const { phone, id, number } = await answeredCall(calls, { transaction: YEN });
  await phone.press("0#");
  await calls.happened(id, "ruled");
  const result = await hungUpByUs(calls, phone, id);
  expect(result).to.include({ status: "failed", reason: "transaction_refused", code_entries: 0 });
  expect(names(phone.prompts)).to.match(/transaction-refused goodbye$/);
  const again = await calls.api.post("/v1/verifications", { phone_number: number });
  expect(again.status).to.equal(201);
});

describe("a transaction through the real Asterisk", function () {
  this.timeout(300_000);
  let calls: CallService;

  before(async () => {
    calls = await CallService.start();
    namedIn.ja = await recordPayee(calls, 201, PAYEE, "ja");
    namedIn.en = await recordPayee(calls, 202, "Acme Stores", "en");
    stories.playOn(calls);
  });

  stories.report();

  after(async () => {
    await stories.over();
    await calls.stop();
  });

  it("leaves nothing of an amount or a payee in the log, or in what is told of the calls", async () => {
    await stories.over();
    for (const told of [calls.logged, calls.allEvents()]) {
      expect(told).to.not.match(/アクメ|Acme|12345|(number|currency)-/);
    }
  });

  it("leaves no process when it is stopped", async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });
});
