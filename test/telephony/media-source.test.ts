import { expect } from "chai";

import type { ReceivedRtp } from "../../src/ari/connection.js";
import { MediaSource } from "../../src/telephony/media-source.js";

const TRUNK = "192.0.2.1:4000";
const OTHER = "198.51.100.7:4000";
const TEN_SECONDS = 10_000;

/** Whether keys count ten seconds after the answer, where sound goes to these one after another. */
async function counted(
  peers: readonly (string | null)[],
  received: ReceivedRtp,
  overheard: { namesMedia(callId: string, place: string): boolean } | null = { namesMedia: () => false },
): Promise<boolean> {
  let [asked, now, strangers] = [0, 0, 0];
  const ari = {
    readVariable: () => Promise.resolve(peers[asked++] ?? null),
    receivedRtp: () => Promise.resolve(received),
  };
  const source = new MediaSource(
    { ari, channelId: "c", overheard: overheard ?? undefined, onStranger: () => (strangers += 1) },
    () => now,
  );
  now = TEN_SECONDS;
  const first = await source.ask("call");
  expect(source.trusted).to.equal(first);
  expect(strangers, "told").to.equal(first ? 0 : 1);
  return first;
}

describe("whose keys they are", () => {
  const silence = { packets: 30, octets: 120 };
  const voice = { packets: 450, octets: 72_000 };
  const burst = { packets: 130, octets: 16_000 };

  it("the trunk's where they come from the address that its SDP named, whatever else it sends", async () => {
    expect(await counted([TRUNK, TRUNK], silence)).to.equal(true);
  });

  it("a stranger's where they come from another, and no voice from there", async () => {
    expect(await counted([TRUNK, OTHER], silence)).to.equal(false);
    expect(await counted([TRUNK, OTHER], burst), "two seconds of voice").to.equal(false);
  });

  it("the peer's where voice has come from that other address since the answer", async () => {
    expect(await counted([TRUNK, OTHER], voice)).to.equal(true);
  });

  it("the peer's where a re-INVITE has named that other address, though nothing else comes from there", async () => {
    const overheard = { namesMedia: (callId: string, place: string) => callId === "call" && place === OTHER };
    expect(await counted([TRUNK, OTHER], silence, overheard)).to.equal(true);
    expect(await counted([TRUNK, "203.0.113.9:4000"], silence, overheard)).to.equal(false);
  });

  it("the peer's with an Asterisk of the user's own, whose SDP nobody sees", async () => {
    expect(await counted([TRUNK, OTHER], silence, null)).to.equal(true);
  });

  it("taken for the trunk's where Asterisk does not say", async () => {
    expect(await counted([null, OTHER], silence)).to.equal(true);
    expect(await counted([TRUNK, null], silence)).to.equal(true);
  });
});
