import { expect } from "chai";
import type { Pdu } from "smpp";
import { smsGroup } from "../../src/cli/doctor/sms-group.js";
import type { Finding } from "../../src/cli/doctor/examine.js";
import { poll } from "../phones/waiting.js";
import { expectOnly, found } from "../doctor/found.js";
import { Scrape } from "../metrics/scrape.js";
import { receiptText, Smsc } from "../sms/smsc.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";
import { gateKey, spelledAfter } from "./spoken-listening.js";
import { Stories } from "./stories.js";

/** ESME_RBINDFAIL, section 5.1.3 of SMPP 3.4. */
const BIND_FAILED = 0x0d;
const SMS_THEN_CALL = [{ channel: "sms", seconds: 15 }, "voice"];

/** The whole service, and the message centre that it hands its messages to. */
interface Stage {
  readonly calls: CallService;
  readonly centre: Smsc;
}

const stories = new Stories<Stage>();
const story = stories.tell.bind(stories);

/** What a mobile telephone shows of the message to it, once the centre has that. */
async function messageTo(centre: Smsc, number: string): Promise<{ id: string; code: string }> {
  const submit = await centre.room.until(
    () => centre.submits.find(({ destination_addr: to }) => to === number.replace(/^0/, "81")),
    60_000,
    "the message to be submitted",
  );
  const [code = ""] = /\d{6}/.exec(textOf(submit)) ?? [];
  return { id: String(centre.submits.indexOf(submit) + 1), code };
}

function textOf({ short_message: text }: Pdu): string {
  return text?.message ?? "";
}

/** Listens to a code that is read out, as a person would, and writes it down. */
async function codeByEar(calls: CallService, number: { phone: Phone; id: string }): Promise<string> {
  const { phone, id } = number;
  await phone.press(await gateKey(calls, phone, id));
  await phone.hungUpOn();
  return (await spelledAfter(phone, "spoken-intro")).replaceAll(/digit-| /g, "");
}

type Phone = Awaited<ReturnType<CallService["phone"]>>["phone"];

story("delivered and typed: verified, and nobody is called", async ({ calls, centre }) => {
  const number = calls.newNumber();
  const { id } = await calls.register(number, { channels: SMS_THEN_CALL });
  const { id: message, code } = await messageTo(centre, number);
  expect(await centre.receipt({ short_message: receiptText(message, "DELIVRD") })).to.equal(0);
  const { json } = await calls.api.post(`/v1/verifications/${id}/check`, { code });
  expect(json).to.include({ status: "verified", code_entries: 1 });
  const { attempts } = await calls.result(id);
  expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(["delivered"]);
});

story(
  "not delivered: a call begins at once, and reads the code of the message",
  async ({ calls, centre }) => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { channels: [{ channel: "sms", seconds: 300 }, "voice"] });
    const { id: message, code } = await messageTo(centre, number);
    expect(await centre.receipt({ short_message: receiptText(message, "UNDELIV", "042") })).to.equal(0);
    await phone.answered();
    expect(await codeByEar(calls, { phone, id })).to.equal(code);
    const { json } = await calls.api.post(`/v1/verifications/${id}/check`, { code });
    expect(json).to.include({ status: "verified" });
    const { attempts } = await calls.result(id);
    expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(["undelivered", "answered"]);
  },
);

story("delivered and not used in its seconds: then a call", async ({ calls, centre }) => {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { channels: SMS_THEN_CALL });
  const { id: message, code } = await messageTo(centre, number);
  await centre.receipt({ short_message: receiptText(message, "DELIVRD") });
  const wrong = await calls.api.post(`/v1/verifications/${id}/check`, { code: wrongFor(code) });
  expect(wrong.json, "a wrong one of the message").to.include({ status: "pending", code_entries: 1 });
  await phone.answered();
  expect(await codeByEar(calls, { phone, id })).to.equal(code);
  const { json } = await calls.api.post(`/v1/verifications/${id}/check`, { code });
  expect(json, "counted over both").to.include({ status: "verified", code_entries: 2 });
});

story("the person asks for a call: it begins at once", async ({ calls, centre }) => {
  const { phone, number } = await calls.phone("answers");
  const { id } = await calls.register(number, { channels: [{ channel: "sms", seconds: 300 }, "voice"] });
  const { code } = await messageTo(centre, number);
  const sent = async (): Promise<boolean> => (await calls.result(id)).attempts[0]?.outcome === "sent";
  await poll(sent, 60_000, "the message to be answered for");
  const asked = await calls.api.post(`/v1/verifications/${id}/resend`, { channel: "voice" });
  expect(asked.status, asked.text).to.equal(200);
  await phone.answered();
  expect(await codeByEar(calls, { phone, id })).to.equal(code);
});

function wrongFor(code: string): string {
  return code.replace(/./, (digit) => String((Number(digit) + 1) % 10));
}

describe("messages and calls of the whole service, by a real message centre", function () {
  this.timeout(300_000);
  let stage: Stage;
  let settings: Record<string, string>;

  before(async () => {
    const centre = await Smsc.start();
    settings = { HONNIN_SMS_URL: `smpp://honnin:secret@127.0.0.1:${String(centre.port)}` };
    stage = { centre, calls: await CallService.start(settings) };
    stories.playOn(stage);
  });

  stories.report();

  after(async () => {
    await stories.over();
    await stage.calls.stop();
    await stage.centre.stop();
  });

  const looked = (): Promise<readonly Finding[]> => found(smsGroup, stage.calls.dataDir, settings);

  it("are counted, and no code, no whole number and no password is in the log", async () => {
    await stories.over();
    const { calls, centre } = stage;
    const told = await Scrape.of(calls.service.opsPort);
    expect(told.value("honnin_sms_gateway_up", { gateway: "sms" })).to.equal(1);
    expect(told.value("honnin_sms_handed_over_total", { gateway: "sms", end: "accepted" })).to.equal(4);
    expect(told.value("honnin_sms_hand_over_seconds_count", { gateway: "sms" })).to.equal(4);
    expect(told.value("honnin_sms_reports_total", { gateway: "sms", end: "kept" })).to.equal(3);
    for (const submit of centre.submits) {
      expect(calls.logged).not.to.include(/\d{6}/.exec(textOf(submit))?.[0]);
      expect(calls.logged).not.to.include(submit.destination_addr);
    }
    expect(calls.logged).not.to.include("secret");
  });

  it("nothing is found of a gateway whose link stands, and what is wrong of one that refuses or is gone", async () => {
    await stories.over();
    const { calls, centre } = stage;
    expect(await looked()).to.deep.equal([]);
    await centre.stop();
    expectOnly(await looked(), "sms-unreachable", "ECONNREFUSED");
    const { port } = centre;
    const refusing = await Smsc.start({ port, bindStatus: () => BIND_FAILED });
    stage = { calls, centre: refusing };
    await refusing.room.until(() => refusing.binds[1], 120_000, "a second try to bind");
    expectOnly(await looked(), "sms-down", "sms: ESME_RBINDFAIL");
    const told = await Scrape.of(calls.service.opsPort);
    expect(told.value("honnin_sms_gateway_up", { gateway: "sms" })).to.equal(0);
  });

  it("leave no process when it is stopped", async () => {
    await stage.calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });
});
