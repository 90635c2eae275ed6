import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { poll } from "../phones/waiting.js";
import type { SippPhone } from "../phones/sipp.js";
import type { HttpsClient } from "../support/https-client.js";
import { CallService, type Result } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { LiveEvents } from "./live-events.js";
import { gateKey, heardBy } from "./spoken-listening.js";
import { Stories } from "./stories.js";

const CODE = "271828";
const PIN = "314159";
const WRONG = "000000";
const DID = "0312340000";
/** What the events tell of every call back that is answered, after the call that was turned away. */
const CALLED_BACK = ["call.started", "call.ended", "call.started", "call.answered"];

interface Stage {
  readonly calls: CallService;
  /** Of a client that demands evidence and calls back who lacks it. */
  readonly api: HttpsClient;
  readonly live: LiveEvents;
}

const stories = new Stories<Stage>();
const story = stories.tell.bind(stories);

const e164 = (national: string): string => `+81${national.slice(1)}`;

const awaited = (
  { calls, api }: Stage,
  number: string,
  body: Readonly<Record<string, unknown>> = { method: "caller_id" },
): Promise<Result> => calls.register(number, { direction: "inbound", ...body }, api);

async function enrolled(
  { api }: Stage,
  number: string,
  body: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const { status, json, text } = await api.post("/v1/enrollments", { phone_number: number, ...body });
  if (status !== 201) throw new Error(`enroll: ${status} ${text}`);
  return String(json["id"]);
}

/** Calls without evidence, and is refused as busy: unanswered, so free. */
async function busy({ calls }: Stage, from: string): Promise<void> {
  const phone = await calls.caller("calls-and-is-refused", { to: DID, from, refusal: 486 });
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
}

/** Calls with the evidence; resolves when something is heard. */
async function proved({ calls }: Stage, from: string): Promise<SippPhone> {
  const headers = { "P-Asserted-Identity": `<sip:${from}@127.0.0.1>` };
  const phone = await calls.caller("calls", { to: DID, from, headers });
  await phone.answered();
  await phone.heard.speech();
  return phone;
}

/** The telephone has taken the call back, and something is heard. */
async function pickedUp(phone: SippPhone): Promise<void> {
  await phone.answered();
  await phone.heard.speech();
}

/** The end of the nth call of a verification, which we hung up. */
async function hungUpByUs(stage: Stage, phone: SippPhone, id: string, nth = 2): Promise<Result> {
  await phone.hungUpOn();
  expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  return stage.calls.ended(id, { api: stage.api, calls: nth });
}

async function heardAtEnd(phone: SippPhone, prompt: string, locale = "ja"): Promise<void> {
  const heard = (await heardBy(phone)).filter((candidate) => candidate.locale === locale);
  expect(heard.map(({ id }) => id)).to.include(prompt);
}

const confirmKey = ({ calls }: Stage, phone: SippPhone, id: string, locale = "ja"): Promise<string> =>
  gateKey(calls, phone, id, { locale, question: "confirm-gate" });

const other = (key: string): string => (key === "1" ? "2" : "1");

story("caller_id: called back, told why, confirmed by the key that the call names", async (stage) => {
  const { calls } = stage;
  const { phone, number } = await calls.phone("answers");
  const { id } = await awaited(stage, number);
  await busy(stage, number);
  await pickedUp(phone);
  const key = await confirmKey(stage, phone, id);
  expect(await calls.result(id, stage.api), "picked up is not confirmed").to.include({
    status: "in_progress",
  });
  await phone.press(key);
  const result = await hungUpByUs(stage, phone, id);
  expect(result).to.include({ status: "verified", reason: null, code_entries: 0 });
  const [came, went] = result.attempts;
  expect(came).to.include({ direction: "inbound", outcome: "rejected", answered_at: null });
  expect(went).to.include({ direction: "outbound", outcome: "answered", caller_evidence: null });
  expect(calls.saidTo(id)).to.equal(
    "silence-start company-name call-back-greeting confirm-gate caller-verified goodbye",
  );
  await heardAtEnd(phone, "caller-verified");
});

story("a wrong key at the gate: asked again, the right one then confirms", async (stage) => {
  const { phone, number } = await stage.calls.phone("answers");
  const { id } = await awaited(stage, number);
  await busy(stage, number);
  await pickedUp(phone);
  const key = await confirmKey(stage, phone, id);
  await phone.press(other(key));
  await stage.calls.happened(id, "listening", { nth: 2 });
  expect(await stage.calls.result(id, stage.api)).to.include({ status: "in_progress", code_entries: 0 });
  await phone.press(key);
  expect(await hungUpByUs(stage, phone, id)).to.include({ status: "verified" });
  expect(stage.calls.saidTo(id)).to.match(/confirm-gate confirm-gate caller-verified goodbye$/);
});

story("a voicemail takes the call back: still pending; a call with the evidence verifies", async (stage) => {
  const { phone, number } = await stage.calls.phone("answers");
  const { id } = await awaited(stage, number);
  await busy(stage, number);
  await pickedUp(phone);
  const between = await hungUpByUs(stage, phone, id);
  expect(between).to.include({ status: "pending", reason: null });
  expect(between.attempts[1]).to.include({ direction: "outbound", outcome: "answered" });
  expect(stage.calls.saidTo(id)).to.match(/(confirm-gate ){3}no-input-final goodbye$/);
  const caller = await proved(stage, number);
  const result = await hungUpByUs(stage, caller, id, 3);
  expect(result).to.include({ status: "verified" });
  expect(result.attempts[2]?.caller_evidence).to.include({ agree: true });
});

story(
  "keypad: a voicemail takes the call back, and the next one is answered with the code",
  async (stage) => {
    const { calls } = stage;
    const { phone: voicemail, number } = await calls.phone("answers");
    const { id } = await awaited(stage, number, { code: CODE });
    await busy(stage, number);
    await pickedUp(voicemail);
    expect(await hungUpByUs(stage, voicemail, id)).to.include({ status: "pending", reason: null });
    const { phone } = await calls.phone("answers");
    calls.carrier.connect(number, phone.port);
    await busy(stage, number);
    await pickedUp(phone);
    await phone.press(CODE);
    expect(await hungUpByUs(stage, phone, id, 4)).to.include({ status: "verified", code_entries: 1 });
  },
);

story("wrong codes on a call back count: the last one fails it", async (stage) => {
  const { phone, number } = await stage.calls.phone("answers");
  const { id } = await awaited(stage, number, { code: CODE, max_code_entries: 2 });
  await busy(stage, number);
  await pickedUp(phone);
  for (const nth of [1, 2]) {
    await phone.press(WRONG);
    await stage.calls.happened(id, "ruled", { nth });
  }
  const result = await hungUpByUs(stage, phone, id);
  expect(result).to.include({ status: "failed", reason: "wrong_code", code_entries: 2 });
});

story("hung up at the gate: still pending", async (stage) => {
  const { phone, number } = await stage.calls.phone("answers");
  const { id } = await awaited(stage, number);
  await busy(stage, number);
  await pickedUp(phone);
  await phone.hangUp();
  const result = await stage.calls.ended(id, { api: stage.api, calls: 2 });
  expect(result).to.include({ status: "pending", reason: null });
});

story("0# on the call back: fraud reported, and the number is not called back again", async (stage) => {
  const { calls } = stage;
  const { phone, number } = await calls.phone("answers");
  const { id } = await awaited(stage, number);
  await busy(stage, number);
  await pickedUp(phone);
  await phone.press("0#");
  expect(await hungUpByUs(stage, phone, id)).to.include({ status: "failed", reason: "fraud_reported" });
  expect(calls.saidTo(id)).to.match(/fraud-reported goodbye$/);
  const { id: next } = await awaited(stage, number);
  await busy(stage, number);
  expect(await calls.ended(next, { api: stage.api })).to.include({ status: "pending" });
  expect(calls.carrier.invitesTo(number)).to.have.length(1);
});

story(
  "enrolled without a PIN: confirmed by the key, in its language, and its server is told",
  async (stage) => {
    const { calls, live } = stage;
    const { phone, number } = await calls.phone("answers");
    const enrollment = await enrolled(stage, number, { locale: "en" });
    await busy(stage, number);
    const { id = "", ...made } = await live.created(e164(number));
    expect(made).to.include({ status: "pending", method: "caller_id", enrollment_id: enrollment });
    await pickedUp(phone);
    await phone.press(await confirmKey(stage, phone, id, "en"));
    expect(await hungUpByUs(stage, phone, id)).to.include({ status: "verified", enrollment_id: enrollment });
    expect(calls.saidTo(id)).to.match(/call-back-greeting confirm-gate enrolled-verified goodbye$/);
    await heardAtEnd(phone, "enrolled-verified", "en");
    expect((await live.untilCallEnded(id, 2)).filter((type) => type !== "call.ringing")).to.deep.equal([
      "verification.created",
      ...CALLED_BACK,
      "verification.verified",
      "call.ended",
    ]);
  },
);

story("enrolled with a PIN: the call back asks for the PIN", async (stage) => {
  const { calls, live } = stage;
  const { phone, number } = await calls.phone("answers");
  const enrollment = await enrolled(stage, number, { pin: PIN });
  await busy(stage, number);
  const { id = "" } = await live.created(e164(number));
  await pickedUp(phone);
  await phone.press(WRONG);
  await calls.happened(id, "ruled");
  await phone.press(PIN);
  const result = await hungUpByUs(stage, phone, id);
  expect(result).to.include({ status: "verified", code_entries: 2, enrollment_id: enrollment });
  expect(calls.saidTo(id)).to.equal(
    "silence-start company-name call-back-greeting ask-pin wrong-code tries-left-2 ask-pin enrolled-verified goodbye",
  );
  expect((await live.untilCallEnded(id, 2)).filter((type) => type !== "call.ringing")).to.deep.equal([
    "verification.created",
    ...CALLED_BACK,
    "verification.verified",
    "call.ended",
  ]);
});

story("enrolled, calling over and over while it is called back: one verification", async (stage) => {
  const { calls, api, live } = stage;
  const { phone, number } = await calls.phone("answers");
  await enrolled(stage, number, { pin: PIN });
  await busy(stage, number);
  const { id = "" } = await live.created(e164(number));
  await pickedUp(phone);
  await busy(stage, number);
  await busy(stage, number);
  await calls.happened(id, "ended", { nth: 3 });
  await phone.press(PIN);
  expect(await hungUpByUs(stage, phone, id, 4)).to.include({ status: "verified" });
  const { json } = await api.get(`/v1/verifications?phone_number=${number}`);
  expect(json["data"]).to.have.length(1);
  expect(calls.carrier.invitesTo(number)).to.have.length(1);
});

describe("calls back, through the real Asterisk", function () {
  this.timeout(300_000);
  let calls: CallService;
  let live: LiveEvents | undefined;

  before(async () => {
    calls = await CallService.start({ HONNIN_DIDS: DID });
    const api = await calls.newClient("strict", {
      dids: [e164(DID)],
      demand_evidence: "agree",
      missing_evidence: "call_back",
    });
    live = await LiveEvents.open({ api, service: calls.service });
    stories.playOn({ calls, api, live });
  });

  stories.report();

  after(async () => {
    await stories.over();
    live?.close();
    await calls.stop();
  });

  it("leave no channel, and nothing secret in the log, in Asterisk's or in what is told of them", async () => {
    await stories.over();
    // The last guidance may still be heard.
    await poll(async () => (await calls.openChannels()).length === 0, 60_000, "the last call to end");
    const asterisk = readdirSync(join(calls.dataDir, "asterisk"), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile() && file.name.includes("log"))
      .map((file) => readFileSync(join(file.parentPath, file.name), "utf8"));
    expect(asterisk, "Asterisk has a log").to.not.deep.equal([]);
    const secret = /9011110|271828|314159|digit-[^*]/;
    for (const text of [calls.logged, ...asterisk]) expect(text).to.not.match(secret);
    expect(calls.allEvents()).to.not.match(/271828|314159|digit-/);
  });

  it("leave no process when the service is stopped", async () => {
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });
});
