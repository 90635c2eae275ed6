import { expect } from "chai";
import { Listening } from "../../src/telephony/listening.js";

/** Notes what is asked of it; time is what the test says. */
class Line {
  readonly playing: string[] = [];
  readonly stopped: string[] = [];
  readonly paused: string[] = [];
  /** Whether a pause is refused: not begun yet, or over. */
  unpausable = false;
  now = 0;
  /** How many requests to stop are refused. */
  refusals = 0;
  readonly listening = new Listening(this, "channel", "/sounds/silence", () => this.now);

  play(_channel: string, playbackId: string, files: readonly string[]): Promise<void> {
    expect(new Set(files)).to.deep.equal(new Set(["/sounds/silence"]));
    this.playing.push(playbackId);
    return Promise.resolve();
  }

  pausePlayback(playbackId: string): Promise<void> {
    if (this.unpausable) return Promise.reject(new Error("409"));
    this.paused.push(playbackId);
    return Promise.resolve();
  }

  stopPlayback(playbackId: string): Promise<void> {
    this.refusals -= 1;
    if (this.refusals >= 0) return Promise.reject(new Error("500"));
    this.stopped.push(playbackId);
    return Promise.resolve();
  }

  over(playbackId: string): void {
    this.listening.onPlayed(playbackId);
  }
}

describe("listening", () => {
  it("plays silence from the beginning to the end of it, once", () => {
    const line = new Line();
    line.listening.begin();
    line.listening.begin();
    expect(line.playing).to.have.length(1);
    line.listening.end();
    line.listening.end();
    expect(line.stopped).to.deep.equal(line.playing);
  });

  it("begins anew when the silence is over, and not for what else was played", () => {
    const line = new Line();
    line.listening.begin();
    line.now = 12_000;
    line.over("a prompt");
    expect(line.playing).to.have.length(1);
    line.over(line.playing[0]!);
    expect(line.playing).to.have.length(2);
    line.over(line.playing[0]!);
    expect(line.playing).to.have.length(2);
  });

  it("does not go round in circles when there is nothing to play", () => {
    const line = new Line();
    line.listening.begin();
    line.now = 5;
    line.over(line.playing[0]!);
    expect(line.playing).to.have.length(1);
  });

  it("stops a second time when Asterisk would not the first time", async () => {
    const line = new Line();
    line.refusals = 1;
    line.listening.begin();
    line.listening.end();
    await new Promise(setImmediate);
    expect(line.stopped).to.deep.equal(line.playing);
  });

  it("pauses a prompt that a key interrupts, and stops it when something else is said", () => {
    const line = new Line();
    line.listening.interrupt("a prompt");
    line.listening.begin();
    expect([line.paused, line.playing, line.stopped]).to.deep.equal([["a prompt"], [], []]);
    line.listening.end();
    expect(line.stopped).to.deep.equal(["a prompt"]);
  });

  it("stops a paused prompt when the link is back, if it could not be stopped for want of one", async () => {
    const line = new Line();
    line.listening.interrupt("a prompt");
    line.refusals = 2;
    line.listening.end();
    await new Promise(setImmediate);
    expect(line.stopped).to.deep.equal([]);
    // Still none, this time.
    line.refusals = 1;
    line.listening.relink();
    await new Promise(setImmediate);
    expect(line.stopped).to.deep.equal([]);
    line.listening.relink();
    await new Promise(setImmediate);
    line.listening.relink();
    expect(line.stopped).to.deep.equal(["a prompt"]);
  });

  it("plays silence when the interrupted prompt is over all the same", () => {
    const line = new Line();
    line.listening.interrupt("a prompt");
    line.over("a prompt");
    expect(line.playing).to.have.length(1);
    line.listening.end();
    expect(line.stopped).to.deep.equal(line.playing);
  });

  it("stops a prompt that cannot be paused, and plays silence", async () => {
    const line = new Line();
    line.unpausable = true;
    line.listening.interrupt("a prompt");
    await new Promise(setImmediate);
    expect([line.paused, line.stopped, line.playing.length]).to.deep.equal([[], ["a prompt"], 1]);
  });

  it("asks for nothing when the call is over", () => {
    const line = new Line();
    line.listening.begin();
    line.listening.forget();
    line.now = 12_000;
    line.over(line.playing[0]!);
    line.listening.end();
    expect([line.playing.length, line.stopped.length]).to.deep.equal([1, 0]);
  });
});
