import { EventEmitter } from "node:events";
import { mock } from "node:test";
import { setImmediate as immediately } from "node:timers/promises";
import { expect } from "chai";
import type { AriChannel } from "../../src/ari/messages.js";
import type { Hints } from "../../src/store/hints.js";
import type { Call } from "../../src/telephony/call.js";
import type { CallParts } from "../../src/telephony/call-parts.js";
import { Calls } from "../../src/telephony/calls.js";
import { capturedLog } from "../support/quiet-log.js";

const AGAIN_MS = 2_000;

/** Calls, a link that the test breaks, and what happened. */
class Stage {
  readonly happened: string[] = [];
  readonly #channels: readonly AriChannel[];
  #onUp: () => void = () => undefined;
  readonly calls: Calls;

  constructor(channels: readonly string[]) {
    this.#channels = channels.map(
      (id) => ({ id, name: id, state: "Up", caller: { name: "", number: "" } }) satisfies AriChannel,
    );
    const ari = {
      up: true,
      onStray: () => () => undefined,
      onDown: () => () => undefined,
      onUp: (listener: () => void) => {
        this.#onUp = listener;
        return () => undefined;
      },
      listChannels: () => Promise.resolve(this.#channels),
    };
    const parts = { ari, store: { hints: new EventEmitter<Hints>() }, log: capturedLog().log };
    this.calls = new Calls(parts as unknown as CallParts);
  }

  call(channelId: string): void {
    const call = {
      channelId,
      done: new Promise(() => undefined),
      linkBack: () => undefined,
      linkUp: (channel: AriChannel | undefined) =>
        this.happened.push(`${channelId} ${channel === undefined ? "gone" : "lives"}`),
    };
    this.calls.add(call as unknown as Call);
  }

  async linkUp(): Promise<void> {
    this.#onUp();
    await turns();
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await immediately();
}

describe("the calls in progress", () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ["setTimeout"] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  it("are told once a link which of them live, though a question about others is asked again", async () => {
    const stage = new Stage(["a", "stranger"]);
    let answers = 0;
    stage.calls.onUnserved((unserved) => {
      stage.happened.push(`unserved ${unserved.map(({ channel }) => channel.id).join()}`);
      answers += 1;
      if (answers === 1) throw new Error("no answer");
    });
    await stage.calls.start();
    stage.happened.length = 0;
    answers = 0;
    stage.call("a");
    stage.call("b");
    await stage.linkUp();
    mock.timers.tick(AGAIN_MS);
    await turns();
    expect(stage.happened).to.deep.equal(["a lives", "b gone", "unserved stranger", "unserved stranger"]);
    await stage.linkUp();
    expect(stage.happened.slice(4)).to.deep.equal(["a lives", "b gone", "unserved stranger"]);
    stage.calls.stop();
  });

  it("and all who look for calls that nobody serves are asked, though one of them cannot look", async () => {
    const stage = new Stage(["stranger"]);
    stage.calls.onUnserved(() => Promise.reject(new Error("no answer")));
    stage.calls.onUnserved(() => {
      stage.happened.push("looked");
    });
    await stage.calls.start();
    expect(stage.happened).to.deep.equal(["looked"]);
    stage.calls.stop();
  });
});
