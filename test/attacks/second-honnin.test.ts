import { expect } from "chai";
import { loadConfig } from "../../src/config.js";
import { type Service, startService } from "../../src/main.js";
import { ASTERISKS } from "../calls/asterisks.js";
import { CallService } from "../calls/call-service.js";
import { childProcesses } from "../calls/child-processes.js";
import type { SippPhone } from "../phones/sipp.js";
import { names } from "../phones/transcript.js";
import { poll } from "../phones/waiting.js";
import { capturedLog } from "../support/quiet-log.js";
import { tempDir } from "../support/temp-dir.js";
import { figure } from "./figures.js";

const CODE = "271828";
const DID = "0312340000";
const SOON_MS = 30_000;
/** Questions whether the application is free that are asked in vain, before it is believed that nothing is taken back. */
const LOOKS = 4;

/** Another service, with a database of its own, on the same Asterisk: somebody's mistake. */
class SecondHonnin {
  readonly #dir: Awaited<ReturnType<typeof tempDir>>;
  readonly #log = capturedLog();
  readonly unmatched: string[] = [];
  #service: Service | undefined;

  private constructor(dir: Awaited<ReturnType<typeof tempDir>>) {
    this.#dir = dir;
  }

  static async on({ asterisk, sounds }: CallService): Promise<SecondHonnin> {
    const second = new SecondHonnin(await tempDir());
    const config = loadConfig(
      {
        HONNIN_DATA_DIR: second.#dir.path,
        HONNIN_API_PORT: "0",
        HONNIN_OPS_PORT: "0",
        HONNIN_CONSOLE_PORT: "0",
        HONNIN_DIDS: DID,
        HONNIN_ARI_URL: asterisk.ariUrl,
        HONNIN_ARI_USERNAME: asterisk.ariUsername,
        HONNIN_ARI_PASSWORD: asterisk.ariPassword,
      },
      second.#dir.path,
    );
    second.#service = await startService(config, second.#log.log, undefined, sounds);
    second.#service.calls.on("inbound_unmatched", ({ did }) => second.unmatched.push(did));
    return second;
  }

  get service(): Service {
    if (this.#service === undefined) throw new Error("the second service is down");
    return this.#service;
  }

  get logged(): string {
    return this.#log.text();
  }

  async stop(): Promise<void> {
    await this.#service?.stop(0);
    this.#service = undefined;
    await this.#dir.remove();
  }
}

async function health({ opsPort }: Service): Promise<{ status: number; troubles: readonly string[] }> {
  const response = await fetch(`http://127.0.0.1:${opsPort}/health/ready`);
  const { troubles } = (await response.json()) as { troubles: string[] };
  return { status: response.status, troubles };
}

const READY = { status: 200, troubles: [] };
const REPLACED = { status: 503, troubles: ["application_replaced"] };

for (const { title, ...beside } of ASTERISKS) {
  describe(`a second Honnin on one Asterisk (${title})`, function () {
    this.timeout(180_000);
    let calls: CallService;
    let second: SecondHonnin | undefined;

    beforeEach(async () => {
      calls = await CallService.start(
        { HONNIN_DIDS: DID, HONNIN_FIRST_KEY_SECONDS: "20", HONNIN_NEXT_KEY_SECONDS: "20" },
        { ...beside, breakable: true },
      );
      second = undefined;
    });

    afterEach(async () => {
      await second?.stop();
      await calls.stop();
      expect(childProcesses()).to.deep.equal([]);
    });

    async function stopSecond(): Promise<void> {
      await second?.stop();
      second = undefined;
    }

    async function untilReady(): Promise<void> {
      await poll(async () => (await health(calls.service)).status === 200, SOON_MS, "the first to be ready");
    }

    async function asked(): Promise<{ phone: SippPhone; id: string }> {
      const { phone, number } = await calls.phone("answers");
      const { id } = await calls.register(number, { code: CODE });
      await phone.answered();
      await phone.heard.speech();
      return { phone, id };
    }

    async function verified(phone: SippPhone, id: string): Promise<void> {
      await phone.press(CODE);
      await phone.hungUpOn();
      expect(await calls.ended(id)).to.include({ status: "verified" });
      expect(names(phone.prompts)).to.match(/verified goodbye$/);
    }

    it("leaves the first one's call alone, which goes on when the second has gone", async () => {
      const { phone, id } = await asked();
      second = await SecondHonnin.on(calls);
      const kept = (await calls.openChannels().catch(() => second!.service.channels())).length;
      figure(`calls of the first that a second one left alone, of 1 (${title})`, kept);
      expect(kept).to.equal(1);
      await stopSecond();
      await untilReady();
      await verified(phone, id);
    });

    it("leaves a call that came in to the one that serves it", async () => {
      const number = calls.newNumber();
      const { id } = await calls.register(number, { direction: "inbound", code: CODE });
      const phone = await calls.caller("calls", { to: DID, from: number });
      await phone.answered();
      await phone.heard.speech();
      second = await SecondHonnin.on(calls);
      expect(await second.service.channels()).to.have.lengthOf(1);
      expect(second.unmatched, "it took the call for one of its own").to.deep.equal([]);
      await stopSecond();
      await untilReady();
      await verified(phone, id);
    });

    it("is not answered to a telephone that the first one rings", async () => {
      const { phone, number } = await calls.phone("answers", { ringMs: "until told" });
      const { id } = await calls.register(number, { code: CODE });
      await calls.happened(id, "ringing");
      second = await SecondHonnin.on(calls);
      await phone.answer();
      await phone.answered();
      await stopSecond();
      await untilReady();
      await phone.heard.speech();
      await verified(phone, id);
    });

    it("stops the first one's dialling, which says so once and is not ready, and takes up what waited when it has gone", async () => {
      expect(await health(calls.service)).to.deep.equal(READY);
      second = await SecondHonnin.on(calls);
      await poll(
        async () => (await health(calls.service)).status === 503,
        SOON_MS,
        "the first to be not ready",
      );
      expect(await health(calls.service)).to.deep.equal(REPLACED);
      expect(await health(second.service)).to.deep.equal(READY);
      const busy = calls.newNumber();
      calls.carrier.reply(busy, 486, "Busy Here");
      const { id } = await calls.register(busy);
      const looks = calls.link.passages.length;
      await calls.link.connections(looks + LOOKS, 60_000);
      expect(await health(calls.service), "it has taken nothing back").to.deep.equal(REPLACED);
      expect(await health(second.service), "and nothing was taken from it").to.deep.equal(READY);
      expect(calls.carrier.invitesTo(busy)).to.deep.equal([]);
      expect(await calls.result(id)).to.include({ status: "pending" });
      await stopSecond();
      expect(await calls.ended(id)).to.include({ status: "failed", reason: "busy" });
      expect(await health(calls.service)).to.deep.equal(READY);
      expect(calls.logged.match(/took over our application/g)).to.have.lengthOf(1);
      figure(`takings of the application by force while the second one ran (${title})`, 0);
    });

    it("that stays makes the first one hang up calls on which it hears nothing any more", async () => {
      const { phone, id } = await asked();
      second = await SecondHonnin.on(calls);
      await phone.hungUpOn(60_000);
      const result = await calls.ended(id);
      expect(result).to.include({ status: "failed", reason: "service_unavailable" });
      expect(result.attempts[0]).to.include({ outcome: "failed" });
      expect(await second.service.channels()).to.deep.equal([]);
    });
  });
}
