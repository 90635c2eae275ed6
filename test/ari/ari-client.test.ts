import { expect } from "chai";
import type { Worker } from "node:worker_threads";
import { AriClientConnection } from "../../src/ari/ari-client/ari-client-connection.js";
import type { AriClientOptions } from "../../src/ari/ari-client/ari-client-link.js";
import type { FromWorker } from "../../src/ari/ari-client/ari-client-messages.js";
import { AriClientThread } from "../../src/ari/ari-client/ari-client-thread.js";
import { AriLinkDownError } from "../../src/ari/errors.js";
import { EVENT_TYPES } from "../../src/ari/messages.js";
import { asterisk16 } from "../asterisk/asterisk16.js";
import { prepareAsterisk, type TestAsterisk } from "../asterisk/running-asterisk.js";
import { poll } from "../phones/waiting.js";
import { BreakableProxy } from "./breakable-proxy.js";
import { Happenings } from "./happenings.js";
import { rejectionOf } from "./rejection-of.js";
import { SilentTrunk } from "./silent-trunk.js";

const ENDPOINT = "PJSIP/09012345678@trunk";
const NORMAL_CLEARING = 16;
const USER_BUSY = 17;

describe("the worker of ari-client", () => {
  let own: TestAsterisk;
  let trunk: SilentTrunk;
  let proxy: BreakableProxy;
  let workers: Worker[];
  const links: AriClientConnection[] = [];
  const noteWorker = (worker: Worker): void => void workers.push(worker);

  before(async () => {
    trunk = await SilentTrunk.start();
    own = await prepareAsterisk({
      trunks: [{ name: "trunk", uri: trunk.uri }],
      installation: await asterisk16(),
    });
    await own.asterisk.start();
  });

  beforeEach(async () => {
    workers = [];
    process.on("worker", noteWorker);
    proxy = await BreakableProxy.start(Number(new URL(own.asterisk.ariUrl).port));
  });

  afterEach(async () => {
    await Promise.all(links.splice(0).map((link) => link.close()));
    process.off("worker", noteWorker);
    await proxy.stop();
  });

  after(async () => {
    await own[Symbol.asyncDispose]();
    await trunk.stop();
  });

  const login = (
    password = own.asterisk.ariPassword,
  ): { username: string; password: string; url: string } => ({
    url: proxy.url,
    username: own.asterisk.ariUsername,
    password,
  });

  async function upLink(
    change: Partial<AriClientOptions> = {},
  ): Promise<{ ari: AriClientConnection; told: Happenings }> {
    const options = {
      ...login(),
      application: "honnin",
      reconnectBaseMs: 20,
      reconnectCapMs: 200,
      ...change,
    };
    const ari = new AriClientConnection(options);
    links.push(ari);
    const told = new Happenings(ari);
    await told.up(1);
    return { ari, told };
  }

  /** A thread by itself: what it has said, and how it ended. */
  function alone(
    password: string,
    program?: string,
  ): { thread: AriClientThread; said: FromWorker[]; ended: Promise<string> } {
    const said: FromWorker[] = [];
    let end: (why: string) => void = () => undefined;
    const ended = new Promise<string>((resolve) => {
      end = resolve;
    });
    const given = { ...login(password), application: "honnin-alone", wanted: EVENT_TYPES };
    const other = program === undefined ? undefined : { program, eval: true };
    const thread = new AriClientThread(given, (message) => said.push(message), end, other);
    return { thread, said, ended };
  }

  it("is started anew when it dies in the middle of a call, and the call goes on", async () => {
    const { ari, told } = await upLink();
    const request = { channelId: "mid-call", endpoint: ENDPOINT, callerId: null, timeoutSeconds: 30 };
    await ari.originate(request);
    await workers[0]?.terminate();
    await told.down(1);
    expect(await rejectionOf(ari.listChannels())).to.be.instanceOf(AriLinkDownError);
    await told.up(2);
    expect((await ari.listChannels()).map(({ id }) => id)).to.deep.equal(["mid-call"]);
    expect(await rejectionOf(ari.originate(request)), "not called twice").to.include({ status: 409 });
    await ari.hangUp("mid-call", NORMAL_CLEARING);
    await told.event("ChannelDestroyed");
    expect(workers).to.have.length(2);
  });

  it("takes nobody with it when the password is wrong", async () => {
    const { ari } = await upLink();
    const { ended } = alone("guess");
    expect(await ended).to.be.a("string");
    expect(await ari.listChannels(), "nor is its login that of another worker").to.deep.equal([]);
  });

  it("is not even started while the password is wrong", async () => {
    const ari = new AriClientConnection({ ...login("guess"), application: "honnin", reconnectBaseMs: 10 });
    links.push(ari);
    await proxy.connections(4, 60_000);
    expect(workers).to.be.empty;
  });

  it("is ended though it hangs in an endless loop", async () => {
    const program = `require("node:worker_threads").parentPort.postMessage({ kind: "pong" }); for (;;) {}`;
    const { thread, said, ended } = alone("any", program);
    await poll(() => Promise.resolve(said.length === 1), 60_000, "its last word");
    await thread.end("it hangs");
    expect(await ended).to.equal("it hangs");
  });

  it("is ended when it does not have the link up in time, and tried again", async () => {
    const { ari } = await upLink();
    await ari.close();
    const troubles: string[] = [];
    const troubled = new AriClientConnection({
      ...login(),
      application: "honnin",
      startMs: 1,
      reconnectBaseMs: 10,
      reconnectCapMs: 10,
      onTrouble: (what) => troubles.push(what),
    });
    links.push(troubled);
    await poll(() => Promise.resolve(workers.length >= 4), 60_000, "further workers");
    expect(troubled.up).to.be.false;
    expect(troubles[0]).to.equal("ari-client did not come up: not up within 1 ms");
  });

  it("keeps the requests of a call in order: none of thirty hang-ups overtakes its call", async () => {
    const { ari } = await upLink();
    const ids = Array.from({ length: 30 }, (_, i) => `in-order-${i}`);
    await Promise.all(
      ids.flatMap((channelId) => [
        ari.originate({ channelId, endpoint: ENDPOINT, callerId: null, timeoutSeconds: 30 }),
        ari.hangUp(channelId, USER_BUSY),
      ]),
    );
    await poll(async () => (await ari.listChannels()).length === 0, 60_000, "the end of all calls");
  });

  it("tells the cause of a hang-up by its name, where Asterisk takes no number", async () => {
    const { ari, told } = await upLink();
    await ari.originate({ channelId: "cause", endpoint: ENDPOINT, callerId: null, timeoutSeconds: 30 });
    await ari.hangUp("cause", USER_BUSY);
    await told.event("ChannelDestroyed");
    const end = told.events.find((event) => event.type === "ChannelDestroyed");
    expect(end).to.include({ cause: USER_BUSY });
  });

  it("carries a flood of events of an unknown type, and requests meanwhile", async () => {
    const { ari, told } = await upLink();
    const flood = 20_000;
    for (let i = 0; i < flood; i += 1) proxy.say('{"type":"NewInTheNextAsterisk"}');
    expect(await ari.listChannels()).to.deep.equal([]);
    await poll(() => Promise.resolve(ari.counters.unknownMessages === flood), 60_000, "all of the flood");
    expect(told.downs).to.be.empty;
  });
});
