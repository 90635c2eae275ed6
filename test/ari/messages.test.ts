import { expect } from "chai";
import fc from "fast-check";
import { type AriEvent, channelIdOf, parseMessage, WANTED_TYPES } from "../../src/ari/messages.js";

const channel = { id: "c-1", name: "PJSIP/trunk-1", state: "Up", caller: { name: "", number: "" } };

function eventOf(value: unknown): AriEvent {
  const message = parseMessage(JSON.stringify(value));
  if (message.kind !== "event") throw new Error(`${message.kind} in place of an event`);
  return message.event;
}

describe("a message of Asterisk", () => {
  for (const [text, type] of [
    ["not JSON {", "(not JSON)"],
    ["", "(not JSON)"],
    ["[]", "(no type)"],
    ['[{"type":"StasisStart"}]', "(no type)"],
    ["null", "(no type)"],
    ["7", "(no type)"],
    ['"StasisStart"', "(no type)"],
    ["{}", "(no type)"],
    ['{"type":7}', "(no type)"],
    ['{"type":null}', "(no type)"],
    ['{"type":"NewInTheNextAsterisk"}', "NewInTheNextAsterisk"],
    ['{"type":"toString"}', "toString"],
    ['{"type":"StasisStart"}', "StasisStart"],
    ['{"type":"ChannelDtmfReceived","channel":{}}', "ChannelDtmfReceived"],
    ['{"type":"ChannelDestroyed","channel":{"id":7}}', "ChannelDestroyed"],
    ['{"type":"Dial","peer":null}', "Dial"],
    ['{"type":"PlaybackFinished"}', "PlaybackFinished"],
    ['{"type":"PlaybackFinished","playback":{"id":"p-1"}}', "PlaybackFinished"],
  ] as const) {
    it(`that says ${text === "" ? "nothing" : text} is unknown, and no throw`, () => {
      expect(parseMessage(text)).to.deep.equal({ kind: "unknown", type });
    });
  }

  it("never throws, whatever JSON comes, and what is an event can be dispatched", () => {
    const type = fc.constantFrom(...WANTED_TYPES, "Other");
    const odd = fc.record({ type, channel: fc.jsonValue(), peer: fc.jsonValue(), playback: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(odd, fc.jsonValue()), (value) => {
        const message = parseMessage(JSON.stringify(value));
        if (message.kind === "event") channelIdOf(message.event);
      }),
    );
  });

  it("belongs to the channel that it names", () => {
    expect(channelIdOf(eventOf({ type: "StasisStart", channel, args: [] }))).to.equal("c-1");
    expect(channelIdOf(eventOf({ type: "Dial", peer: channel, dialstatus: "RINGING" }))).to.equal("c-1");
  });

  it("of a playback belongs to the channel that heard it, and to none when that was a bridge", () => {
    const finished = (target_uri: string): AriEvent =>
      eventOf({ type: "PlaybackFinished", playback: { id: "p-1", target_uri, state: "done" } });
    expect(channelIdOf(finished("channel:c-1"))).to.equal("c-1");
    expect(channelIdOf(finished("bridge:b-1"))).to.be.undefined;
  });

  it("of the application belongs to no channel", () => {
    expect(channelIdOf(eventOf({ type: "ApplicationReplaced", application: "honnin" }))).to.be.undefined;
  });

  it("that answers a request is no event", () => {
    const answer = { type: "RESTResponse", request_id: "1", status_code: 204, reason_phrase: "No Content" };
    expect(parseMessage(JSON.stringify(answer))).to.deep.equal({ kind: "response", response: answer });
  });
});
