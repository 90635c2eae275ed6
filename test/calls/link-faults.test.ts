import { once } from "node:events";
import { expect } from "chai";
import { v7 as uuidv7 } from "uuid";
import { WebSocket } from "ws";
import type { AriChannel } from "../../src/ari/messages.js";
import type { SippPhone } from "../phones/sipp.js";
import { names } from "../phones/transcript.js";
import { PATIENCE_MS, poll } from "../phones/waiting.js";
import { ASTERISKS } from "./asterisks.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";

const CODE = "271828";
const DID = "0312340000";

for (const { title, ...beside } of ASTERISKS) {
  describe(`when the link to Asterisk breaks (${title})`, function () {
    this.timeout(240_000);
    let calls: CallService;

    const start = async (env: Readonly<Record<string, string>> = {}): Promise<void> => {
      calls = await CallService.start(env, { ...beside, breakable: true });
    };

    afterEach(async () => {
      await calls.stop();
      expect(childProcesses()).to.deep.equal([]);
    });

    /** A telephone that rings until the caller gives up. */
    async function ringing(): Promise<{ phone: SippPhone; id: string }> {
      const { phone, number } = await calls.phone("rings-until-canceled");
      const { id } = await calls.register(number);
      await calls.happened(id, "ringing");
      return { phone, id };
    }

    async function cancel(id: string): Promise<void> {
      expect((await calls.api.post(`/v1/verifications/${id}/cancel`, {})).status).to.equal(200);
    }

    async function stoppedRinging(phone: SippPhone): Promise<void> {
      expect((await phone.done()).exitCode, phone.story()).to.equal(0);
      const none = async (): Promise<boolean> => (await calls.openChannels()).length === 0;
      await poll(none, PATIENCE_MS, "the end of the channel");
    }

    /** A telephone that rings until the person takes the call. */
    async function toBeAnswered(
      body: Readonly<Record<string, unknown>> = {},
    ): Promise<{ phone: SippPhone; number: string; id: string; attemptId: string }> {
      const { phone, number } = await calls.phone("answers", { ringMs: "until told" });
      const { id } = await calls.register(number, { code: CODE, ...body });
      const { attemptId } = await calls.happened(id, "ringing");
      return { phone, number, id, attemptId };
    }

    /** A person who has begun to key while a prompt was said, which is paused now. */
    async function keying(): Promise<{ phone: SippPhone; id: string }> {
      const { phone, number } = await calls.phone("answers");
      const { id } = await calls.register(number, { code: CODE });
      await phone.answered();
      await phone.heard.speech();
      await phone.press(CODE.slice(0, 1));
      await calls.happened(id, "key");
      await phone.heard.silence();
      return { phone, id };
    }

    async function verified(phone: SippPhone, id: string): Promise<void> {
      await phone.hungUpOn();
      expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
      expect(names(phone.prompts)).to.match(/verified goodbye$/);
    }

    it("canceled while it rings and the link is cut: the ringing stops when it is back", async () => {
      await start();
      const { phone, id } = await ringing();
      await calls.cutLink();
      await cancel(id);
      await calls.mendLink();
      const result = await calls.ended(id);
      expect(result).to.include({ status: "canceled", reason: null });
      expect(result.attempts[0]).to.include({ outcome: "canceled" });
      await stoppedRinging(phone);
    });

    it("canceled while it rings, the call given up before the link is back: the ringing stops then", async () => {
      await start();
      const { phone, id } = await ringing();
      await calls.cutLink();
      await cancel(id);
      expect((await calls.ended(id)).attempts[0]).to.include({ outcome: "canceled" });
      await calls.mendLink();
      await stoppedRinging(phone);
    });

    it("answered while it carries nothing: greeted when it is back, and verified", async () => {
      await start();
      const { phone, id, attemptId } = await toBeAnswered();
      calls.link.swallow();
      await phone.answer();
      await inStasis(calls, attemptId);
      expect(calls.eventsOf(id).map(({ kind }) => kind)).not.to.include("answered");
      await calls.mendLink();
      const greeted = (): Promise<boolean> =>
        Promise.resolve(names(phone.prompts).startsWith("company-name"));
      await poll(greeted, 60_000, "the greeting");
      await phone.press(CODE);
      await verified(phone, id);
    });

    it("answered while it is cut: Asterisk hangs up, and the person is called again", async () => {
      await start();
      const { phone, number, id } = await toBeAnswered({ max_call_attempts: 2 });
      await calls.cutLink();
      await phone.answer();
      await phone.hungUpOn();
      const second = await calls.phone("answers");
      calls.carrier.connect(number, second.phone.port);
      await calls.mendLink();
      await second.phone.answered();
      await second.phone.heard.speech();
      await second.phone.press(CODE);
      const { status, attempts } = await calls.ended(id, { calls: 2 });
      expect(status).to.equal("verified");
      expect(attempts.map(({ outcome }) => outcome)).to.deep.equal(["failed", "answered"]);
    });

    it("cut after the first key: the rest is keyed when it is back, and verified", async () => {
      await start({ HONNIN_NEXT_KEY_SECONDS: "20" });
      const { phone, id } = await keying();
      await calls.cutLink();
      await calls.mendLink();
      await phone.press(CODE.slice(1));
      await verified(phone, id);
    });

    it("cut after the first key, and silence: the person is asked again when it is back", async () => {
      await start({ HONNIN_FIRST_KEY_SECONDS: "5", HONNIN_NEXT_KEY_SECONDS: "2" });
      const { phone, id } = await keying();
      await calls.cutLink();
      // Asked in vain: nobody hears it.
      await calls.happened(id, "said", { nth: 2 });
      const mended = Date.now();
      await calls.mendLink();
      await phone.heard.speech({ since: mended });
      await phone.press(CODE);
      await verified(phone, id);
    });
  });
}

describe("when the link to an Asterisk that is not ours alone comes up", function () {
  this.timeout(240_000);
  let calls: CallService;
  let otherProgram: WebSocket;

  beforeEach(async () => {
    calls = await CallService.start({ HONNIN_DIDS: DID }, { breakable: true });
    const url = new URL("/ari/events?app=other", calls.asterisk.ariUrl.replace("http", "ws"));
    otherProgram = new WebSocket(url, { headers: { authorization: credentialsOf(calls) } });
    await once(otherProgram, "open");
  });

  afterEach(async () => {
    otherProgram.terminate();
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });

  /** A telephone that the other program has called, and that has answered it. */
  async function calledByOther(channelId: string, appArgs: string): Promise<SippPhone> {
    const { phone, number } = await calls.phone("answers-at-once");
    await askAri(calls, "POST", "channels", {
      endpoint: `PJSIP/${number}@trunk`,
      app: "other",
      appArgs,
      channelId,
    });
    await phone.answered();
    return phone;
  }

  it("calls of other programs are left alone: such as look like one that came in, or are named as ours", async () => {
    const looksInbound = await calledByOther("of-another-program", `inbound,${DID},trunk`);
    const named = uuidv7();
    const namedAsOurs = await calledByOther(named, "");
    expect(await inStasis(calls, "of-another-program")).to.equal(`other,inbound,${DID},trunk`);
    expect(await inStasis(calls, named)).to.equal("other");
    await calls.cutLink();
    await calls.mendLink();
    // A whole call of ours, so that whatever was done about theirs has been done by now.
    const busy = calls.newNumber();
    calls.carrier.reply(busy, 486, "Busy Here");
    await calls.ended((await calls.register(busy)).id);
    expect((await channelsOf(calls)).map(({ id }) => id)).to.have.members(["of-another-program", named]);
    expect(calls.unmatched).to.deep.equal([]);
    await namedAsOurs.hangUp();
    await looksInbound.hangUp();
    for (const phone of [namedAsOurs, looksInbound]) {
      expect((await phone.done()).exitCode, phone.story()).to.equal(0);
      expect(phone.heard.lastSpeechAt, "somebody spoke to it").to.equal(undefined);
    }
  });
});

function credentialsOf({ asterisk }: CallService): string {
  return `Basic ${Buffer.from(`${asterisk.ariUsername}:${asterisk.ariPassword}`).toString("base64")}`;
}

/** Past the link that the service has. */
async function askAri(
  calls: CallService,
  method: "GET" | "POST",
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const url = `${calls.asterisk.ariUrl}/ari/${path}?${new URLSearchParams(query).toString()}`;
  const response = await fetch(url, { method, headers: { authorization: credentialsOf(calls) } });
  expect(response.status).to.equal(200);
  return response.json();
}

async function channelsOf(calls: CallService): Promise<AriChannel[]> {
  return (await askAri(calls, "GET", "channels")) as AriChannel[];
}

/** Waits until an answered channel is in a Stasis application: of which name, and with which arguments. */
async function inStasis(calls: CallService, id: string): Promise<string> {
  let found: string | undefined;
  const there = async (): Promise<boolean> => {
    const channel = (await channelsOf(calls)).find((candidate) => candidate.id === id);
    if (channel?.state === "Up" && channel.dialplan?.app_name === "Stasis") found = channel.dialplan.app_data;
    return found !== undefined;
  };
  await poll(there, 60_000, "a channel in Stasis");
  return found ?? "";
}
