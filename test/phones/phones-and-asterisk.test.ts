import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect } from "chai";

import { WebSocketAriConnection } from "../../src/ari/websocket/websocket-connection.js";
import type { Command } from "../../src/programs/command.js";
import { type BundledAsterisk, prepareBundledAsterisk } from "../../src/asterisk/bundled-asterisk.js";
import { Softphone } from "../../src/softphone/softphone.js";
import { tempDir } from "../support/temp-dir.js";
import { Carrier } from "./carrier.js";
import { dtmfTones } from "./dtmf-tones.js";
import { baresipProgram, PROJECT_DIR, sippProgram } from "./programs.js";
import { type AnsweringOptions, SippPhone } from "./sipp.js";
import type { AnsweringScenario } from "./scenario.js";
import { names } from "./transcript.js";
import { PATIENCE_MS, WaitingRoom } from "./waiting.js";

const PROMPT = join(PROJECT_DIR, "sounds/ja/ask-code");
const DID = "0312345678";

/** What Asterisk reports of one channel, as a test waits for it. */
class ChannelDiary {
  keys = "";
  readonly #events: string[] = [];
  readonly #room = new WaitingRoom();

  constructor(ari: WebSocketAriConnection, channelId: string) {
    ari.onChannel(channelId, (event) => {
      this.#events.push(event.type);
      if (event.type === "ChannelDtmfReceived") this.keys += event.digit;
      this.#room.look();
    });
  }

  async has(type: string): Promise<void> {
    await this.#room.until(() => (this.#events.includes(type) ? true : undefined), PATIENCE_MS, type);
  }

  async heard(keys: string): Promise<void> {
    await this.#room.until(
      () => (this.keys.length >= keys.length ? true : undefined),
      PATIENCE_MS,
      `keys ${keys}`,
    );
    expect(this.keys).to.equal(keys);
  }
}

describe("telephones and the real Asterisk", () => {
  let asterisk: BundledAsterisk;
  let carrier: Carrier;
  let ari: WebSocketAriConnection;
  let folder: Awaited<ReturnType<typeof tempDir>>;
  let sipp: Command;
  const phones: SippPhone[] = [];
  let calls = 0;

  before(async () => {
    sipp = await sippProgram();
    folder = await tempDir();
    carrier = await Carrier.start();
    asterisk = await prepareBundledAsterisk({
      dataDir: folder.path,
      projectDir: PROJECT_DIR,
      soundsDir: join(PROJECT_DIR, "sounds"),
      sipHost: "127.0.0.1",
      sipPort: 0,
      trunks: [{ name: "trunk", uri: `sip:127.0.0.1:${carrier.port}` }],
      dids: [DID],
      progress: () => undefined,
      log: () => undefined,
    });
    carrier.linkTo(asterisk.sipPort);
    await asterisk.start();
    const { ariUrl: url, ariUsername: username, ariPassword: password } = asterisk;
    ari = new WebSocketAriConnection({ url, username, password, application: "honnin" });
    await ari.ready(60_000);
  });

  afterEach(async () => {
    await Promise.all(phones.splice(0).map((phone) => phone.stop()));
  });

  after(async () => {
    await ari.close();
    await asterisk.stop();
    await carrier.stop();
    await folder.remove();
  });

  async function phoneAt(
    number: string,
    scenario: AnsweringScenario,
    extra: Partial<AnsweringOptions> = {},
  ): Promise<SippPhone> {
    const phone = await SippPhone.answering(scenario, { program: sipp, ...extra });
    phones.push(phone);
    carrier.connect(number, phone.port);
    return phone;
  }

  /** Asterisk calls; what happens to the channel is in the diary. */
  async function call(endpoint: string): Promise<{ channelId: string; diary: ChannelDiary }> {
    calls += 1;
    const channelId = `phones-${calls}`;
    const diary = new ChannelDiary(ari, channelId);
    await ari.originate({ channelId, endpoint, callerId: DID, timeoutSeconds: 20 });
    return { channelId, diary };
  }

  it("speak and key with each other: the guidance is heard, the keys arrive", async () => {
    const phone = await phoneAt("09012345678", "answers");
    const { channelId, diary } = await call("PJSIP/09012345678@trunk");
    await phone.answered();
    await diary.has("StasisStart");
    await ari.play(channelId, "p1", [PROMPT]);
    await phone.heard.speech();
    await phone.press("123456");
    await diary.heard("123456");
    await ari.hangUp(channelId, 16);
    await phone.hungUpOn();
    const { exitCode } = await phone.done();
    expect(exitCode, phone.story()).to.equal(0);
    expect(names(phone.prompts), "the guidance").to.match(/^ask-code/);
  });

  it("lose no key and double none on a network that loses every fourth packet", async () => {
    const phone = await phoneAt("09012345679", "answers-at-once");
    const { channelId, diary } = await call("PJSIP/09012345679@trunk");
    await phone.answered();
    await diary.has("StasisStart");
    await phone.press("1122330", { dropEveryNth: 4 });
    await diary.heard("1122330");
    await ari.hangUp(channelId, 16);
    await phone.done();
  });

  it("key by SIP INFO where the telephone has no telephone events", async () => {
    const phone = await phoneAt("09012345680", "answers-and-keys-by-sip-info");
    const { channelId, diary } = await call("PJSIP/09012345680@trunk");
    await phone.answered();
    await diary.has("StasisStart");
    await phone.press("90*#");
    await diary.heard("90*#");
    await ari.hangUp(channelId, 16);
    expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  });

  it("key by tones in the sound where the telephone has no telephone events", async () => {
    const phone = await phoneAt("09012345681", "answers-and-keys-by-sip-info");
    const { channelId, diary } = await call("PJSIP/09012345681@trunk");
    await phone.answered();
    await diary.has("StasisStart");
    await phone.say(dtmfTones("1470", { toneMs: 120, gapMs: 120 }));
    await diary.heard("1470");
    await ari.hangUp(channelId, 16);
    await phone.done();
  });

  it("call in by the carrier, whose address is the trunk's", async () => {
    const arrived = new Promise<string>((resolve) => {
      const stop = ari.onStray((event) => {
        if (event.type !== "StasisStart") return;
        stop();
        resolve(event.channel.id);
      });
    });
    const phone = await SippPhone.calling("calls", {
      program: sipp,
      via: carrier.port,
      to: DID,
      from: "09098765432",
    });
    phones.push(phone);
    const channelId = await arrived;
    const diary = new ChannelDiary(ari, channelId);
    await ari.answer(channelId);
    await phone.answered();
    await phone.press("4321");
    await diary.heard("4321");
    await phone.hangUp();
    expect((await phone.done()).exitCode, phone.story()).to.equal(0);
  });

  describe("the softphone", () => {
    let softphone: Softphone | undefined;
    let command: Command;

    before(async () => {
      command = await baresipProgram();
    });

    afterEach(async () => {
      await softphone?.stop();
      softphone = undefined;
    });

    async function start(answerMode: "auto" | "manual"): Promise<{ softphone: Softphone; endpoint: string }> {
      const [account] = asterisk.testPhones;
      softphone = await Softphone.start({
        command,
        sipHost: "127.0.0.1",
        sipPort: asterisk.sipPort,
        username: account!.name,
        password: account!.password,
        workDir: join(folder.path, `softphone-${answerMode}`),
        answerMode,
      });
      return { softphone, endpoint: `PJSIP/${account!.name}` };
    }

    it("registers, answers by itself, keys, and keeps a recording of what it heard", async () => {
      const { softphone: phone, endpoint } = await start("auto");
      const answered = phone.next("answered");
      const { channelId, diary } = await call(endpoint);
      await answered;
      await diary.has("StasisStart");
      await ari.play(channelId, "p2", [PROMPT]);
      await phone.press("246810");
      await diary.heard("246810");
      const ended = phone.next("ended");
      await ari.hangUp(channelId, 16);
      await ended;
      const [recording] = phone.recordings;
      expect((await readFile(recording!)).length).to.be.greaterThan(8_000);
    });

    it("rings until it is told to answer, and tells of the end", async () => {
      const { softphone: phone, endpoint } = await start("manual");
      const incoming = phone.next("incoming");
      const { channelId, diary } = await call(endpoint);
      expect((await incoming)[0]).to.contain(DID);
      const answered = phone.next("answered");
      await phone.answer();
      await answered;
      await diary.has("StasisStart");
      const ended = phone.next("ended");
      await ari.hangUp(channelId, 16);
      await ended;
    });

    it("says why it could not register", async () => {
      const [account] = asterisk.testPhones;
      const attempt = Softphone.start({
        command,
        sipHost: "127.0.0.1",
        sipPort: asterisk.sipPort,
        username: account!.name,
        password: "wrong",
        workDir: join(folder.path, "softphone-wrong"),
        answerMode: "auto",
      });
      const error = await attempt.then(
        () => undefined,
        (reason: unknown) => reason as Error,
      );
      expect((error?.cause as Error).message).to.match(/^registration refused: 40[13]/);
    });
  });
});
