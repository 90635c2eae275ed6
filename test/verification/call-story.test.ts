import { expect } from "chai";
import { CallStory, readStory } from "../../src/verification/call-story.js";

const NOW = Date.parse("2026-11-27T06:00:00Z");

describe("the story of a call", () => {
  it("is read as it was written, with keys of which only the number is known", () => {
    const story = new CallStory();
    story.said(NOW, ["greeting", "ask-code"]);
    for (const ms of [900, 1_000, 1_150]) story.key(NOW + ms);
    story.ruled(NOW + 1_200, { kind: "wrong", triesLeft: 2 });
    const stored = story.end("them");
    expect(readStory(stored)).to.deep.equal({
      steps: [
        { at: NOW, kind: "said", pieces: ["greeting", "ask-code"] },
        { at: NOW + 900, kind: "keys", count: 3 },
        { at: NOW + 1_200, kind: "ruled", ruling: { kind: "wrong", triesLeft: 2 } },
      ],
      leftOut: 0,
      hungUpBy: "them",
    });
    expect(stored, "no time of each key").to.not.include("1150").and.not.include("1000");
  });

  it("has a bounded length, and says how much it lacks", () => {
    const story = new CallStory();
    for (let nth = 0; nth < 10_000; nth += 1) {
      story.key(NOW + 2 * nth);
      story.said(NOW + 2 * nth + 1, ["ask-code-again"]);
    }
    const stored = story.end("us");
    expect(stored?.length).to.be.lessThan(4_000);
    const read = readStory(stored);
    expect((read?.steps.length ?? 0) + (read?.leftOut ?? 0)).to.equal(20_000);
  });

  it("is none where nothing happened, and of calls from before", () => {
    expect(new CallStory().end(null)).to.equal(null);
    expect(readStory(null)).to.equal(null);
    expect(readStory(new CallStory().end("us"))).to.deep.equal({ steps: [], leftOut: 0, hungUpBy: "us" });
  });
});
