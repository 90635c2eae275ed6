import { expect } from "chai";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { AriLinkDownError, AriRequestError, AriTimeoutError } from "../../src/ari/errors.js";
import type { AriConnection, AriOptions } from "../../src/ari/connection.js";
import { prepareAsterisk, type TestAsterisk } from "../asterisk/running-asterisk.js";
import { poll } from "../phones/waiting.js";
import { BreakableProxy } from "./breakable-proxy.js";
import { CONNECTORS } from "./connectors.js";
import { Happenings } from "./happenings.js";
import { rejectionOf } from "./rejection-of.js";
import { SilentTrunk } from "./silent-trunk.js";

const ENDPOINT = "PJSIP/09012345678@trunk";
const NORMAL_CLEARING = 16;

for (const { name, open, installation, wanted } of CONNECTORS) {
  describe(`the link to Asterisk by ${name}`, () => {
    let own: TestAsterisk;
    let trunk: SilentTrunk;
    let proxy: BreakableProxy;
    const links: AriConnection[] = [];
    let calls = 0;

    before(async () => {
      trunk = await SilentTrunk.start();
      own = await prepareAsterisk({
        trunks: [{ name: "trunk", uri: trunk.uri }],
        ...(installation === undefined ? {} : { installation: await installation() }),
      });
      await own.asterisk.start();
    });

    beforeEach(async () => {
      proxy = await BreakableProxy.start(Number(new URL(own.asterisk.ariUrl).port));
    });

    afterEach(async () => {
      await Promise.all(links.splice(0).map((link) => link.close()));
      await proxy.stop();
    });

    after(async () => {
      await own[Symbol.asyncDispose]();
      await trunk.stop();
    });

    /** A link through the proxy that returns quickly; not up yet. */
    function link(change: Partial<AriOptions> = {}): { ari: AriConnection; told: Happenings } {
      const ari = open({
        url: proxy.url,
        username: own.asterisk.ariUsername,
        password: own.asterisk.ariPassword,
        application: "honnin",
        reconnectBaseMs: 20,
        reconnectCapMs: 200,
        ...change,
      });
      links.push(ari);
      return { ari, told: new Happenings(ari) };
    }

    async function upLink(change: Partial<AriOptions> = {}): Promise<ReturnType<typeof link>> {
      const made = link(change);
      await made.told.up(1);
      return made;
    }

    /** A call that nobody answers or refuses; its events go to `told`. */
    async function call(ari: AriConnection, told: Happenings): Promise<string> {
      calls += 1;
      const channelId = `link-${calls}`;
      ari.onChannel(channelId, told.note);
      await ari.originate({ channelId, endpoint: ENDPOINT, callerId: "0312345678", timeoutSeconds: 30 });
      return channelId;
    }

    async function askOverHttp(resource: string): Promise<unknown> {
      const { ariUrl, ariUsername, ariPassword } = own.asterisk;
      const credentials = Buffer.from(`${ariUsername}:${ariPassword}`).toString("base64");
      const response = await fetch(`${ariUrl}/ari/${resource}`, {
        headers: { authorization: `Basic ${credentials}` },
        signal: AbortSignal.timeout(60_000),
      });
      return response.json();
    }

    describe("comes up", () => {
      // ari-client puts them into the URL of its socket: docs/decisions/0016.
      if (name === "websocket")
        it("with its credentials in the header, and never in the URL", async () => {
          const { ari } = await upLink();
          expect(ari.up).to.be.true;
          const [requestLine, ...headers] = proxy.passages[0]!.head.split("\r\n");
          expect(requestLine).to.equal("GET /ari/events?app=honnin HTTP/1.1");
          const { ariUsername, ariPassword } = own.asterisk;
          const credentials = Buffer.from(`${ariUsername}:${ariPassword}`).toString("base64");
          const sent = headers.find((header) => header.toLowerCase().startsWith("authorization:"));
          expect(sent).to.equal(`authorization: Basic ${credentials}`);
        });

      it("and has asked for the events that we use and no others", async () => {
        const { ari, told } = await upLink();
        const application = (await askOverHttp("applications/honnin")) as {
          events_allowed: { type: string }[];
        };
        const allowed = application.events_allowed.map(({ type }) => type);
        expect(allowed.sort()).to.deep.equal([...wanted].sort());
        await ari.hangUp(await call(ari, told), NORMAL_CLEARING);
        await told.event("ChannelDestroyed");
        expect(ari.counters.unknownMessages).to.equal(0);
      });

      it("and resolves ready() then, or at once when it is up already", async () => {
        const { ari } = link();
        await ari.ready(60_000);
        expect(ari.up).to.be.true;
        await ari.ready(0);
      });

      it("and is tried again without end, after growing pauses, when the password is wrong", async () => {
        const { ari, told } = link({ password: "guess", reconnectBaseMs: 40, reconnectCapMs: 5_000 });
        expect(await rejectionOf(ari.ready(100))).to.be.instanceOf(AriTimeoutError);
        await proxy.connections(6, 60_000);
        expect(ari.up).to.be.false;
        expect(told.ups).to.equal(0);
        expect(ari.counters.connects).to.equal(0);
        const times = proxy.passages.map(({ at }) => at);
        const pauses = times.slice(1).map((at, i) => at - times[i]!);
        // Half of the ceiling at least; timers may fire a millisecond early.
        for (const [i, pause] of pauses.entries()) expect(pause).to.be.greaterThan(20 * 2 ** i - 2);
        expect(await rejectionOf(ari.listChannels())).to.be.instanceOf(AriLinkDownError);
      });
    });

    describe("carries requests", () => {
      it("and says 404 of a channel that does not exist", async () => {
        const { ari } = await upLink();
        for (const request of [ari.answer("nobody"), ari.play("nobody", "p-1", ["beep"])]) {
          const error = await rejectionOf(request);
          expect(error).to.be.instanceOf(AriRequestError);
          expect(error).to.include({ code: "ari_request_failed", status: 404 });
          expect(String(error), "ids stay out of errors").not.to.contain("nobody");
        }
      });

      it("and finds nothing wrong in ending what has ended already", async () => {
        const { ari } = await upLink();
        await ari.stopPlayback("no-such-playback");
        await ari.hangUp("no-such-channel", NORMAL_CLEARING);
      });

      it("and refuses a second call with the same channel id, while the first goes on", async () => {
        const { ari, told } = await upLink();
        const channelId = await call(ari, told);
        const again = ari.originate({ channelId, endpoint: ENDPOINT, callerId: null, timeoutSeconds: 5 });
        expect(await rejectionOf(again)).to.include({ code: "ari_request_failed", status: 409 });
        const channels = await ari.listChannels();
        expect(channels.map(({ id }) => id)).to.deep.equal([channelId]);
        await ari.hangUp(channelId, NORMAL_CLEARING);
        await told.event("ChannelDestroyed");
      });

      it("and gives one up at its deadline when no answer comes", async () => {
        const { ari } = await upLink({ requestMs: 200 });
        proxy.swallow();
        const begun = performance.now();
        const error = await rejectionOf(ari.listChannels());
        expect(error).to.be.instanceOf(AriTimeoutError);
        expect(error).to.include({ code: "ari_timeout" });
        expect(performance.now() - begun).to.be.at.least(195);
      });

      it("and counts an answer that comes after its deadline, and goes on", async () => {
        const { ari } = await upLink({ requestMs: 200 });
        proxy.delay(250);
        expect(await rejectionOf(ari.listChannels())).to.be.instanceOf(AriTimeoutError);
        await poll(() => Promise.resolve(ari.counters.lateAnswers === 1), 60_000, "the late answer");
        proxy.pass();
        expect(await ari.listChannels()).to.deep.equal([]);
      });

      it("and rejects every one that waits when the link breaks, and those asked while it is down", async () => {
        const { ari, told } = await upLink();
        proxy.swallow();
        const waiting = [ari.listChannels(), ari.answer("a"), ari.stopPlayback("p"), ari.hangUp("a", 16)];
        const errors = Promise.all(waiting.map(rejectionOf));
        proxy.reset();
        await told.down(1);
        for (const error of await errors) {
          expect(error).to.be.instanceOf(AriLinkDownError);
          expect(error).to.include({ code: "ari_link_down" });
        }
        expect(ari.up).to.be.false;
        expect(await rejectionOf(ari.listChannels())).to.be.instanceOf(AriLinkDownError);
      });
    });

    describe("carries events", () => {
      it("to every listener, though one before them throws, and counts that", async () => {
        const troubles: unknown[] = [];
        const { ari, told } = await upLink({ onTrouble: (_what, error) => troubles.push(error) });
        const failure = new Error("one bad call");
        ari.onChannel(`link-${calls + 1}`, (event) => {
          if (event.type === "ChannelDestroyed") throw failure;
        });
        await ari.hangUp(await call(ari, told), NORMAL_CLEARING);
        await told.event("ChannelDestroyed");
        expect(ari.counters.listenerErrors).to.equal(1);
        expect(troubles).to.deep.equal([failure]);
        expect(await ari.listChannels()).to.deep.equal([]);
      });

      it("of channels that nobody listens to, to whoever wants the strays", async () => {
        const { ari, told } = await upLink();
        const channelId = `stray-${process.pid}`;
        await ari.originate({ channelId, endpoint: ENDPOINT, callerId: null, timeoutSeconds: 30 });
        await ari.hangUp(channelId, NORMAL_CLEARING);
        await told.event("ChannelDestroyed");
      });

      it("to nobody who has left", async () => {
        const { ari, told } = await upLink();
        const heard: string[] = [];
        const leave = ari.onChannel(`link-${calls + 1}`, ({ type }) => heard.push(type));
        leave();
        await ari.hangUp(await call(ari, told), NORMAL_CLEARING);
        await told.event("ChannelDestroyed");
        expect(heard).to.be.empty;
      });

      it("and counts messages that it does not understand, and goes on", async () => {
        const { ari, told } = await upLink();
        const odd = [
          "no JSON",
          "[]",
          "null",
          "{}",
          '{"type":"NewInTheNextAsterisk"}',
          '{"type":"StasisStart"}',
        ];
        for (const text of odd) proxy.say(text);
        expect(await ari.listChannels()).to.deep.equal([]);
        expect(ari.counters.unknownMessages).to.equal(odd.length);
        expect(told.downs).to.be.empty;
      });

      it("and is down while another connection has the application: it hangs up, and asks nothing else", async () => {
        const { ari, told } = await upLink();
        const channelId = await call(ari, told);
        await upLink();
        await told.down(1);
        expect(told.downs[0]).to.contain("took over");
        expect(ari).to.include({ up: false, replaced: true });
        expect(await rejectionOf(ari.listChannels())).to.be.instanceOf(AriLinkDownError);
        await ari.hangUp(channelId, NORMAL_CLEARING);
        const gone = async (): Promise<boolean> =>
          ((await askOverHttp("channels")) as unknown[]).length === 0;
        await poll(gone, 5_000, "the end of the channel");
      });
    });

    describe("taken over by another connection", () => {
      it("takes the application back when the other has left, though channels are in it, and not before", async () => {
        const first = await upLink({ lookAgainMs: 50 });
        const channelId = await call(first.ari, first.told);
        const second = await upLink();
        await first.told.down(1);
        const looks = proxy.passages.length;
        await proxy.connections(looks + 10, 20_000);
        expect(first.ari.replaced).to.be.true;
        expect(second.told.downs, "nothing was taken from it").to.deep.equal([]);
        await second.ari.close();
        await first.told.up(2);
        expect(first.ari).to.include({ up: true, replaced: false });
        expect((await first.ari.listChannels()).map(({ id }) => id)).to.deep.equal([channelId]);
        await first.ari.hangUp(channelId, NORMAL_CLEARING);
        await first.told.event("ChannelDestroyed");
      });

      it("takes it back when the other was cut off without a word", async () => {
        const first = await upLink({ lookAgainMs: 50 });
        const other = await BreakableProxy.start(Number(new URL(own.asterisk.ariUrl).port));
        try {
          await upLink({ url: other.url, reconnectBaseMs: 60_000, reconnectCapMs: 60_000 });
          await first.told.down(1);
          other.swallow();
          other.reset();
          await first.told.up(2);
        } finally {
          await other.stop();
        }
      });
    });

    describe("comes back", () => {
      it("after it was reset", async () => {
        const { ari, told } = await upLink();
        proxy.reset();
        await told.up(2);
        expect(told.downs).to.have.length(1);
        expect(await ari.listChannels()).to.deep.equal([]);
        expect(ari.counters.connects).to.equal(2);
      });

      for (const [how, pingEveryMs, pongMs] of [
        ["is pinged seldom", 200, 100],
        ["is pinged more often than an answer may take", 50, 200],
      ] as const) {
        it(`after it was half-open, where it ${how}, and the events come too`, async () => {
          const { ari, told } = await upLink({ pingEveryMs, pongMs, requestMs: 500 });
          proxy.swallow();
          await told.down(1, 60_000);
          proxy.pass();
          await told.up(2);
          await ari.hangUp(await call(ari, told), NORMAL_CLEARING);
          await told.event("ChannelDestroyed");
        });
      }

      it("after a break while nothing could be reached for a while", async () => {
        const { told } = await upLink({ requestMs: 300, pingEveryMs: 50, pongMs: 50 });
        proxy.swallow();
        await told.down(1);
        // The handshakes of these vanish as well; each is given up after requestMs.
        await proxy.connections(3, 60_000);
        proxy.pass();
        await told.up(2);
      });

      it("stays up and quiet while pings are answered", async () => {
        const { ari, told } = await upLink({ pingEveryMs: 20, pongMs: 2_000 });
        const channelId = await call(ari, told);
        proxy.delay(50);
        await told.event("Dial");
        await ari.hangUp(channelId, NORMAL_CLEARING);
        await told.event("ChannelDestroyed");
        expect(told.downs).to.be.empty;
        expect(proxy.eventSockets).to.have.length(1);
      });

      it("after Asterisk was killed and its supervisor started it again", async () => {
        const { ari, told } = await upLink();
        const { pid, supervisor } = own.asterisk;
        await call(ari, told);
        supervisor.kill();
        await told.down(1);
        expect(ari.up).to.be.false;
        await told.up(2, 60_000);
        expect(own.asterisk.pid).not.to.equal(pid);
        expect(await ari.listChannels(), "the calls died with it").to.deep.equal([]);
        await ari.hangUp(await call(ari, told), NORMAL_CLEARING);
        await told.event("ChannelDestroyed");
      });
    });

    describe("closed", () => {
      it("settles what waits, refuses what comes, and is not opened again", async () => {
        const { ari, told } = await upLink();
        const waiting = rejectionOf(ari.listChannels());
        await Promise.all([ari.close(), ari.close()]);
        // Asterisk may answer before it says goodbye.
        expect(await waiting).to.satisfy(
          (end: unknown) => end === undefined || end instanceof AriLinkDownError,
        );
        expect(ari.up).to.be.false;
        expect(await rejectionOf(ari.listChannels())).to.be.instanceOf(AriLinkDownError);
        expect(await rejectionOf(ari.ready(60_000))).to.be.instanceOf(AriLinkDownError);
        expect(told.downs).to.have.length(1);
        await ari.close();
        expect(proxy.eventSockets).to.have.length(1);
      });

      it("settles even when the other side never says goodbye", async () => {
        const { ari } = await upLink();
        proxy.swallow();
        const waiting = rejectionOf(ari.listChannels());
        await ari.close();
        expect(await waiting).to.be.instanceOf(AriLinkDownError);
      });

      for (const [when, waitMs, outcome] of [
        ["while it was up", 10_000, /^(answered|ari_link_down)$/],
        ["while it was being opened", 0, /^ari_link_down ari_link_down$/],
        ["while it waited to be tried again", 500, /^ari_link_down ari_link_down$/],
      ] as const) {
        it(`${when}, leaves no timer and no socket that keeps the process alive`, async () => {
          const { ariUsername, ariPassword } = own.asterisk;
          const password = when === "while it was up" ? ariPassword : "guess";
          if (when === "while it was being opened") proxy.swallow();
          const script = fileURLToPath(new URL("./closing-process.ts", import.meta.url));
          const args = ["--import", "tsx", script, proxy.url, String(waitMs), ariUsername, password, name];
          const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
          const said: Buffer[] = [];
          child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
          try {
            await once(child, "close", { signal: AbortSignal.timeout(60_000) });
          } finally {
            child.kill("SIGKILL");
          }
          expect(child.exitCode).to.equal(0);
          expect(Buffer.concat(said).toString()).to.match(outcome);
        });
      }
    });
  });
}
