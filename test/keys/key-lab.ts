import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { WebSocketAriConnection } from "../../src/ari/websocket/websocket-connection.js";
import { type BundledAsterisk, prepareBundledAsterisk } from "../../src/asterisk/bundled-asterisk.js";
import type { Command } from "../../src/programs/command.js";
import { KeyHearing } from "../../src/telephony/key-hearing.js";
import { noticeOf, type LineKey } from "../../src/telephony/line-notice.js";
import { Listening } from "../../src/telephony/listening.js";
import { Carrier } from "../phones/carrier.js";
import { PROJECT_DIR, sippProgram } from "../phones/programs.js";
import type { AnsweringScenario } from "../phones/scenario.js";
import { SippPhone } from "../phones/sipp.js";
import { PAUSE_KEY } from "../phones/telephone-events.js";
import { WaitingRoom } from "../phones/waiting.js";
import { tempDir } from "../support/temp-dir.js";
import type { KeyWay } from "./key-ways.js";

/** Ends what is keyed; it is pressed after a pause in which everything before it has come through. */
const END = "#";
const SETTLE_MS = 60_000;
const CALLER = "0312345678";

/** What became of keys on their way: what Asterisk told, and the presses that were made of it. `#` is neither. */
interface Keyed {
  readonly told: string;
  readonly presses: string;
  /** Of what was told: when each was down, ms since the call was placed, by Asterisk's clock at its end. */
  readonly timeline: string;
}

/** Waits until the keys heard so far satisfy a condition, and gives them. */
type Heard = (enough: (keys: string) => boolean) => Promise<string>;

/** The real Asterisk, and telephones that press keys as fast as they can: which of them are heard? */
export class KeyLab {
  readonly asterisk: BundledAsterisk;
  readonly #ari: WebSocketAriConnection;
  readonly #carrier: Carrier;
  readonly #folder: Awaited<ReturnType<typeof tempDir>>;
  readonly #sipp: Command;
  #calls = 0;

  private constructor(
    asterisk: BundledAsterisk,
    ari: WebSocketAriConnection,
    carrier: Carrier,
    folder: Awaited<ReturnType<typeof tempDir>>,
    sipp: Command,
  ) {
    this.asterisk = asterisk;
    this.#ari = ari;
    this.#carrier = carrier;
    this.#folder = folder;
    this.#sipp = sipp;
  }

  static async start(): Promise<KeyLab> {
    const folder = await tempDir();
    const carrier = await Carrier.start();
    const asterisk = await prepareBundledAsterisk({
      dataDir: folder.path,
      projectDir: PROJECT_DIR,
      soundsDir: join(PROJECT_DIR, "sounds"),
      sipHost: "127.0.0.1",
      sipPort: 0,
      trunks: [{ name: "trunk", uri: `sip:127.0.0.1:${carrier.port}` }],
      dids: [CALLER],
      progress: () => undefined,
      log: () => undefined,
    });
    carrier.linkTo(asterisk.sipPort);
    await asterisk.start();
    const { ariUrl: url, ariUsername: username, ariPassword: password } = asterisk;
    const ari = new WebSocketAriConnection({ url, username, password, application: "honnin" });
    await ari.ready(60_000);
    return new KeyLab(asterisk, ari, carrier, folder, await sippProgram());
  }

  /** One call on which these keys (not `#`) are pressed. */
  async keyed(way: KeyWay, keys: string): Promise<Keyed> {
    let told = "";
    const timeline: string[] = [];
    const begun = Date.now();
    const play = async (phone: SippPhone, heard: Heard): Promise<string> => {
      // Nobody keys in the moment in which a prompt ends.
      await phone.pressAsEvents(PAUSE_KEY);
      await way.press(phone, keys);
      // By itself it is no trouble to any way of keying; the pause leaves it no neighbour.
      await way.press(phone, END);
      return (await heard((all) => all.endsWith(END))).slice(0, -END.length);
    };
    const presses = await this.call(way.scenario, play, way.answering, ({ digit, durationMs, endedAt }) => {
      told += digit;
      timeline.push(`${digit} ${endedAt - durationMs - begun}-${endedAt - begun}`);
    });
    return { told: told.replaceAll(END, ""), presses, timeline: timeline.join(", ") };
  }

  /**
   * One answered call with Asterisk listening. `heard` waits until the keys told so far satisfy a
   * condition, and gives them.
   */
  async call<Result>(
    scenario: AnsweringScenario,
    play: (phone: SippPhone, heard: Heard) => Promise<Result>,
    answering: KeyWay["answering"] = {},
    onTold: (key: LineKey) => void = () => undefined,
  ): Promise<Result> {
    this.#calls += 1;
    const nth = String(this.#calls).padStart(4, "0");
    // All of one length: Asterisk takes an id for used when it is the beginning of another (409), and of
    // calls at one time the tenth may be placed before the first.
    const channelId = `keys-${nth}`;
    const number = `0902222${nth}`;
    const phone = await SippPhone.answering(scenario, { program: this.#sipp, ringMs: 20, ...answering });
    this.#carrier.connect(number, phone.port);
    const room = new WaitingRoom();
    let keys = "";
    let up = false;
    let begun: Promise<void> | undefined;
    const player = {
      play: (...args: Parameters<WebSocketAriConnection["play"]>) => (begun = this.#ari.play(...args)),
      pausePlayback: (id: string) => this.#ari.pausePlayback(id),
      stopPlayback: (id: string) => this.#ari.stopPlayback(id),
    };
    const listening = new Listening(player, channelId, join(PROJECT_DIR, "sounds/ja/silence-listening"));
    let hearing: KeyHearing | undefined;
    const hear = (): KeyHearing =>
      new KeyHearing({
        overheard: this.asterisk.overheard,
        source: { trusted: true, ask: () => Promise.resolve(true) },
        onPress: (key) => {
          if (/[0-9*#]/.test(key)) keys += key;
          room.look();
        },
        onTrouble: (error) => {
          throw error;
        },
      });
    const leave = this.#ari.onChannel(channelId, (event) => {
      if (event.type === "StasisStart") {
        up = true;
        hearing = hear();
      }
      const notice = noticeOf(event);
      if (notice?.kind === "key") {
        onTold(notice.key);
        hearing?.onKey(notice.key);
      }
      if (notice?.kind === "played") listening.onPlayed(notice.playbackId);
      room.look();
    });
    try {
      const endpoint = `PJSIP/${number}@trunk`;
      await this.#ari.originate({ channelId, endpoint, callerId: CALLER, timeoutSeconds: 20 });
      await room.until(() => (up ? true : undefined), 60_000, "the answer");
      await phone.answered();
      listening.begin();
      await begun;
      const result = await play(phone, (enough) =>
        room.until(() => (enough(keys) ? keys : undefined), SETTLE_MS, `keys; so far ${keys.length}`),
      );
      listening.end();
      await this.#ari.hangUp(channelId, 16);
      await phone.done();
      return result;
    } finally {
      leave();
      await phone.stop();
    }
  }

  /** What Asterisk's log has on disk. */
  async logged(): Promise<string> {
    return readFile(join(this.#folder.path, "asterisk/log"), "utf8");
  }

  async stop(): Promise<void> {
    await this.#ari.close();
    await this.asterisk.stop();
    await this.#carrier.stop();
    await this.#folder.remove();
  }
}

/** Keys as they come by chance, repeated ones and `*` among them. */
export function randomKeys(length: number): string {
  return Array.from({ length }, () => "0123456789*"[Math.floor(Math.random() * 11)]).join("");
}
