import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { setWebhook } from "../../src/store/webhooks.js";
import { HonninCommand, setUp } from "../cli/honnin-command.js";
import { Receiver } from "../events/receiver.js";
import { expectRaised } from "../metrics/raised.js";
import { Scrape } from "../metrics/scrape.js";
import { poll } from "../phones/waiting.js";
import { mp3Of, RATE } from "../prompts/recording-files.js";
import { speechLike } from "../prompts/speech-like.js";
import { HttpsClient } from "../support/https-client.js";
import { holdDatabase, openStore } from "../support/test-database.js";
import { CallService } from "./call-service.js";

const CODE = "271828";
/** For what Asterisk or a person takes its time for. */
const LONG_MS = 120_000;

const several = <T>(times: number, make: () => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: times }, make));

/** Makes a fault in a running service, and sees which alerts its own figures raise. */
class Watched {
  readonly calls: CallService;
  readonly #before: Scrape;

  private constructor(calls: CallService, before: Scrape) {
    this.calls = calls;
    this.#before = before;
  }

  /** @param env for a service that is started anew. */
  static async sound(calls: CallService): Promise<Watched> {
    const ready = (now: Scrape): boolean =>
      now.value("honnin_ready") === 1 && now.value("honnin_asterisk_up") !== 0;
    return new Watched(calls, await until(calls, "a sound service", ready));
  }

  /** What is to be counted of it until then, above what there was. */
  async raises(
    alerts: readonly string[],
    name: string,
    labels: Readonly<Record<string, string>>,
    more: number,
  ): Promise<void> {
    const atLeast = (this.#before.value(name, labels) ?? 0) + more;
    const counted = (now: Scrape): boolean => (now.value(name, labels) ?? 0) >= atLeast;
    await expectRaised(this.#before, await until(this.calls, name, counted), alerts);
  }

  /** Of what it is now. */
  async raisesNow(alerts: readonly string[]): Promise<void> {
    await expectRaised(this.#before, await Scrape.of(this.calls.service.opsPort), alerts);
  }

  /** The service does not answer. */
  async silentRaises(alerts: readonly string[]): Promise<void> {
    await expectRaised(this.#before, null, alerts);
  }
}

/** The scrape in which it is so. */
async function until(calls: CallService, what: string, isSo: (now: Scrape) => boolean): Promise<Scrape> {
  const scrape = (): Promise<Scrape> => Scrape.of(calls.service.opsPort);
  let last = await scrape();
  const looked = async (): Promise<boolean> => {
    last = await scrape();
    return isSo(last);
  };
  await poll(looked, LONG_MS, what);
  return last;
}

/** Registers a call to a number that the network refuses, and waits for its end. */
async function refused(calls: CallService, status: number, reason: string): Promise<void> {
  const number = calls.newNumber();
  calls.carrier.reply(number, status, reason);
  await calls.ended((await calls.register(number)).id);
}

async function webhookAt(calls: CallService, url: string): Promise<void> {
  const store = await openStore(calls.dataDir);
  try {
    await store.write((db) => setWebhook(db, store.vault, "cli_test", url));
  } finally {
    await store.close();
  }
}

describe("a fault that is made raises its alert, and no other", function () {
  this.timeout(300_000);
  let calls: CallService;
  let watched: Watched;

  before(async () => {
    await setUp();
    calls = await CallService.start({ HONNIN_WEBHOOK_ALLOW_PRIVATE: "true" });
  });
  after(() => calls.stop());
  beforeEach(async () => {
    watched = await Watched.sound(calls);
  });

  it("a trunk that answers 503 to every call", async () => {
    await several(6, () => refused(calls, 503, "Service Unavailable"));
    const failed = { direction: "outbound", outcome: "failed", trunk: "trunk" };
    await watched.raises(["HonninTrunkFails"], "honnin_call_attempts_total", failed, 6);
  });

  it("a trunk that wants credentials", async () => {
    const number = calls.newNumber();
    const digest = { "WWW-Authenticate": 'Digest realm="carrier", nonce="n"' };
    calls.carrier.reply(number, 401, "Unauthorized", digest);
    await calls.ended((await calls.register(number)).id);
    const fault = { fault: "trunk_credentials" };
    await watched.raises(["HonninTrunkWantsCredentials"], "honnin_call_faults_total", fault, 1);
  });

  it("a trunk all of whose lines are in use", async () => {
    await calls.down();
    await calls.up({ HONNIN_TRUNK_MAX_CALLS: "1" });
    watched = await Watched.sound(calls);
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await watched.raises(["HonninLinesFull"], "honnin_lines_in_use", {}, 1);
    await phone.heard.speech();
    await phone.press(CODE);
    await calls.ended(id);
    await calls.down();
    await calls.up();
  });

  it("telephones whose keys nobody understands", async () => {
    await several(4, async () => {
      const { phone, number } = await calls.phone("answers");
      const { id } = await calls.register(number, { code: CODE });
      await phone.answered();
      await calls.happened(id, "listening");
      await phone.press(CODE, { payloadType: 96 });
      await phone.hungUpOn(LONG_MS);
      await calls.ended(id);
    });
    await watched.raises(["HonninKeysNotUnderstood"], "honnin_keys_not_understood_total", {}, 4);
  });

  it("a recording whose sound is gone", async () => {
    const file = path.join(calls.dataDir, "recording.mp3");
    await writeFile(file, await mp3Of(speechLike(1, 1.5, RATE)));
    await honnin(calls, ["prompts", "set", "greeting", file]);
    await loseSounds(calls);
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await watched.raises(["HonninPromptsMissing"], "honnin_prompts_missing_total", {}, 1);
    await phone.heard.speech();
    await phone.press(CODE);
    await calls.ended(id);
    await honnin(calls, ["prompts", "rollback", "greeting"]);
  });

  it("a webhook that takes no event", async () => {
    const receiver = await Receiver.start(undefined, false);
    try {
      receiver.answer = (_request, response) => response.writeHead(503).end();
      await webhookAt(calls, receiver.url);
      await several(12, () => refused(calls, 486, "Busy Here"));
      const waiting = (now: Scrape): boolean =>
        (now.value("honnin_webhook_deliveries", { state: "waiting" }) ?? 0) > 10;
      await until(calls, "deliveries that wait", waiting);
      const failed = { end: "failed" };
      await watched.raises(["HonninWebhooksFail"], "honnin_webhook_attempts_total", failed, 12);
    } finally {
      await receiver.stop();
    }
  });

  it("a webhook that wants no more, and what waited is given up", async () => {
    const receiver = await Receiver.start(undefined, false);
    try {
      receiver.answer = (_request, response) => response.writeHead(410).end();
      await webhookAt(calls, receiver.url);
      await refused(calls, 486, "Busy Here");
      const given = { end: "given_up" };
      await watched.raises(["HonninWebhooksGivenUp"], "honnin_webhook_attempts_total", given, 1);
    } finally {
      await receiver.stop();
    }
  });

  it("a database that refuses commits, and is well again", async () => {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await phone.heard.speech();
    const release = await holdDatabase(calls.dataDir);
    try {
      await phone.hangUp();
      const owes = (now: Scrape): boolean => (now.value("honnin_owed_writes") ?? 0) > 0;
      await until(calls, "its refusal", owes);
      await until(calls, "its trouble", (now) => now.value("honnin_trouble", { trouble: "database" }) === 1);
      await watched.raisesNow(["HonninDatabaseRefuses", "HonninNotReady"]);
    } finally {
      await release();
    }
    await calls.ended(id);
    await Watched.sound(calls);
    await watched.raisesNow(["HonninDatabaseRefuses"]);
  });

  it("a server whose key is wrong", async () => {
    const stranger = new HttpsClient(calls.service.apiUrl, "x".repeat(43), calls.service.certFile);
    try {
      for (let tries = 0; tries < 11; tries++) await stranger.get("/v1/usage");
    } finally {
      stranger.close();
    }
    await watched.raisesNow(["HonninWrongKeys"]);
  });

  it("an Asterisk that ends", async () => {
    process.kill(calls.service.asteriskPid() ?? 0, "SIGKILL");
    await until(calls, "its end", (now) => now.value("honnin_asterisk_ends_total") !== 0);
    await Watched.sound(calls);
    await watched.raises(["HonninAsteriskEnds"], "honnin_asterisk_ends_total", {}, 1);
  });

  it("a number that is called again and again", async () => {
    await calls.down();
    await calls.up({ HONNIN_MAX_CALLS_PER_NUMBER_PER_HOUR: "1" });
    watched = await Watched.sound(calls);
    const number = calls.newNumber();
    calls.carrier.reply(number, 486, "Busy Here");
    await calls.ended((await calls.register(number)).id);
    const again = (): Promise<{ readonly status: number }> =>
      calls.api.post("/v1/verifications", { phone_number: number });
    for (const { status } of await several(25, again)) expect(status).to.equal(429);
    await watched.raisesNow(["HonninLimitsHit"]);
  });

  it("a service that is down", async () => {
    await calls.down();
    await watched.silentRaises(["HonninDown"]);
    await calls.up();
  });

  it("a disk without room", async () => {
    await calls.down();
    await calls.up({ HONNIN_MIN_FREE_DISK_MB: "10000000" });
    await watched.raisesNow(["HonninDiskNearlyFull", "HonninNotReady"]);
  });
});

describe("a link to Asterisk that is cut raises its alert", function () {
  this.timeout(300_000);

  it("while it is, and afterwards where it was cut again and again", async () => {
    const calls = await CallService.start({}, { breakable: true });
    try {
      const watched = await Watched.sound(calls);
      await calls.cutLink();
      await until(calls, "its trouble", (now) => now.value("honnin_trouble", { trouble: "asterisk" }) === 1);
      await watched.raisesNow(["HonninNotReady"]);
      await calls.mendLink();
      for (let times = 1; times < 3; times++) {
        await calls.cutLink();
        await calls.mendLink();
      }
      await Watched.sound(calls);
      await watched.raises(["HonninLinkBreaks"], "honnin_ari_connects_total", {}, 3);
    } finally {
      await calls.stop();
    }
  });
});

async function honnin(calls: CallService, args: readonly string[]): Promise<void> {
  const { code, stderr } = await HonninCommand.run(calls.dataDir, args, await calls.settings());
  expect(code, stderr).to.equal(0);
}

/** Nothing can be brought from the database then. */
async function loseSounds(calls: CallService): Promise<void> {
  const store = await openStore(calls.dataDir);
  try {
    await store.write((db) => db.deleteFrom("prompt_sounds").execute());
  } finally {
    await store.close();
  }
}
