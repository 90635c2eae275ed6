import { mock } from "node:test";
import { expect } from "chai";
import type { EventListener } from "../../src/ari/connection.js";
import { AriLinkDownError } from "../../src/ari/errors.js";
import type { AriEvent } from "../../src/ari/messages.js";
import { HANGUP_GRACE_MS, Line, type LineEnd } from "../../src/telephony/line.js";
import { capturedLog } from "../support/quiet-log.js";

const NORMAL_CLEARING = 16;
const UNCONFIRMED: LineEnd = { lost: false, sipStatus: null, q850Cause: NORMAL_CLEARING };

/** A channel of an Asterisk to which the link may be down; notes what is asked, and the end of the line. */
class Channel {
  up = true;
  readonly happened: string[] = [];
  #tell: EventListener = () => undefined;
  readonly line = new Line({
    ari: this,
    channelId: "channel",
    lastEvent: "ChannelDestroyed",
    onNotice: () => undefined,
    onEnd: ({ lost, q850Cause }) => {
      this.happened.push(lost ? "lost" : `ended with ${String(q850Cause)}`);
    },
    log: capturedLog().log,
  });

  onChannel(_channelId: string, listener: EventListener): () => void {
    this.#tell = listener;
    return () => {
      this.#tell = () => undefined;
    };
  }

  hangUp(_channelId: string, q850Cause: number): Promise<void> {
    this.happened.push(this.up ? `hang up with ${q850Cause}` : "in vain");
    return this.up ? Promise.resolve() : Promise.reject(new AriLinkDownError());
  }

  tell(type: AriEvent["type"], cause = 0): void {
    this.#tell({ type, cause, channel: { id: "a-channel" } } as AriEvent);
  }

  linkDown(): void {
    this.up = false;
    this.line.linkDown();
  }

  linkBack(): void {
    this.up = true;
    this.line.linkBack();
  }
}

describe("a line", () => {
  let channel: Channel;

  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
    channel = new Channel();
    channel.line.listen();
  });

  afterEach(() => {
    mock.timers.reset();
  });

  it("is hung up once, and ends as Asterisk says", () => {
    channel.line.hangUp(NORMAL_CLEARING, UNCONFIRMED);
    channel.tell("ChannelDestroyed", 127);
    mock.timers.tick(HANGUP_GRACE_MS);
    expect(channel.happened).to.deep.equal(["hang up with 16", "ended with 127"]);
  });

  it("that was to be hung up while the link was down is hung up when it is back", () => {
    channel.linkDown();
    channel.line.hangUp(NORMAL_CLEARING, UNCONFIRMED);
    channel.linkBack();
    channel.tell("ChannelDestroyed", NORMAL_CLEARING);
    mock.timers.tick(HANGUP_GRACE_MS);
    expect(channel.happened).to.deep.equal(["in vain", "hang up with 16", "ended with 16"]);
  });

  it("is not hung up when the link is back, unless it was to be", () => {
    channel.linkDown();
    channel.linkBack();
    expect(channel.happened).to.deep.equal([]);
    channel.line.hangUp(NORMAL_CLEARING, UNCONFIRMED);
    channel.tell("ChannelDestroyed", NORMAL_CLEARING);
    channel.linkDown();
    channel.linkBack();
    expect(channel.happened).to.deep.equal(["hang up with 16", "ended with 16"]);
  });

  it("of whose end nobody tells is hung up once more before it ends", () => {
    channel.line.hangUp(NORMAL_CLEARING, UNCONFIRMED);
    mock.timers.tick(HANGUP_GRACE_MS - 1);
    expect(channel.happened).to.deep.equal(["hang up with 16"]);
    mock.timers.tick(1);
    expect(channel.happened).to.deep.equal(["hang up with 16", "hang up with 16", "ended with 16"]);
  });

  it("that is on its way out is not hung up, unless it stays", () => {
    channel.tell("ChannelHangupRequest");
    channel.line.hangUp(NORMAL_CLEARING, UNCONFIRMED);
    expect(channel.happened).to.deep.equal([]);
    mock.timers.tick(HANGUP_GRACE_MS);
    expect(channel.happened).to.deep.equal(["hang up with 16", "ended with 16"]);
  });

  it("is lost when the link stays away, and lives when it is back in time", () => {
    channel.linkDown();
    mock.timers.tick(10_000);
    channel.linkBack();
    mock.timers.tick(60_000);
    expect(channel.happened).to.deep.equal([]);
    channel.linkDown();
    mock.timers.tick(60_000);
    expect(channel.happened).to.deep.equal(["in vain", "lost"]);
  });

  it("that was to be hung up ends as it was to, when Asterisk no longer has the channel", () => {
    channel.linkDown();
    channel.line.hangUp(NORMAL_CLEARING, UNCONFIRMED);
    channel.linkBack();
    channel.line.linkUp(false);
    expect(channel.happened).to.deep.equal(["in vain", "hang up with 16", "ended with 16"]);
  });

  it("is lost when Asterisk no longer has the channel", () => {
    channel.line.linkUp(true);
    expect(channel.happened).to.deep.equal([]);
    channel.line.linkUp(false);
    expect(channel.happened).to.deep.equal(["lost"]);
  });
});
