import { expect } from "chai";
import fc from "fast-check";
import { KeptAnswers } from "../../src/store/kept-answers.js";
import { mostAtOnce } from "../../src/store/most-at-once.js";
import { StatisticsTally } from "../../src/store/statistics-tally.js";

const SPAN = { from: 100, to: 130, step: 10 };

describe("the most at one time", () => {
  it("is counted in each step in which something lasts, what goes on from before it too", () => {
    expect(
      mostAtOnce(
        [
          [90, 105],
          [104, 121],
          [112, 113],
        ],
        SPAN,
      ),
    ).to.deep.equal([2, 2, 1]);
  });

  it("has nobody beside one who begins as he ends, at the turn of a step neither", () => {
    expect(
      mostAtOnce(
        [
          [101, 105],
          [105, 110],
          [110, 115],
        ],
        SPAN,
      ),
    ).to.deep.equal([1, 1, 0]);
  });

  it("leaves out what ended before it began, and what lies outside", () => {
    expect(
      mostAtOnce(
        [
          [115, 111],
          [112, 112],
          [80, 100],
          [130, 140],
        ],
        SPAN,
      ),
    ).to.deep.equal([0, 0, 0]);
  });

  it("is what looking at every moment finds", () => {
    const stretch = fc.tuple(fc.integer({ min: 85, max: 145 }), fc.integer({ min: 85, max: 145 }));
    fc.assert(
      fc.property(fc.array(stretch, { maxLength: 20 }), (stretches) => {
        const at = (moment: number): number =>
          stretches.filter(([begin, end]) => begin <= moment && moment < end).length;
        const looked = [100, 110, 120].map((from) =>
          Math.max(...Array.from({ length: 10 }, (_, nth) => at(from + nth))),
        );
        expect(mostAtOnce(stretches, SPAN)).to.deep.equal(looked);
      }),
    );
  });
});

describe("the tally", () => {
  const verification = { completed_at: null, status: "verified", reason: null, code_entries: 0 } as const;

  it("puts the first moment of a step into it, and the end of the span into none", () => {
    const tally = new StatisticsTally(SPAN, 0);
    for (const created_at of [99, 100, 109, 110, 129, 130])
      tally.verification({ ...verification, created_at });
    expect(tally.steps().map(({ from, statuses }) => [from, statuses.verified])).to.deep.equal([
      [100, 2],
      [110, 1],
      [120, 1],
    ]);
  });

  it("gives median and 95th percentile by the nearest rank", () => {
    const tally = new StatisticsTally(SPAN, 0);
    for (let nth = 20; nth >= 1; nth -= 1) {
      tally.verification({ ...verification, created_at: 100, completed_at: 100 + nth });
    }
    expect(tally.steps()[0]?.toVerdict).to.deep.equal({ median: 10, p95: 19 });
  });

  it("counts as wrong each code but the right one of a verification that came right", () => {
    const tally = new StatisticsTally(SPAN, 0);
    for (const code_entries of [0, 1, 3])
      tally.verification({ ...verification, code_entries, created_at: 100 });
    tally.verification({
      ...verification,
      status: "failed",
      reason: "wrong_code",
      code_entries: 3,
      created_at: 100,
    });
    tally.verification({ ...verification, status: "expired", code_entries: 1, created_at: 100 });
    expect(tally.steps()[0]?.wrongCodes).to.equal(2 + 3 + 1);
  });
});

describe("answers that are kept", () => {
  it("are asked for one at a time, and the same once", async () => {
    const kept = new KeptAnswers<string>();
    const asked: string[] = [];
    let atOnce = 0;
    const ask = (key: string) => async (): Promise<string> => {
      asked.push(key);
      atOnce += 1;
      expect(atOnce).to.equal(1);
      await new Promise((resolve) => setImmediate(resolve));
      atOnce -= 1;
      return key;
    };
    const answers = await Promise.all(["a", "b", "a", "b"].map((key) => kept.get(key, ask(key))));
    expect([answers, asked]).to.deep.equal([
      ["a", "b", "a", "b"],
      ["a", "b"],
    ]);
  });

  it("are not kept where they could not be had", async () => {
    const kept = new KeptAnswers<string>();
    const first = await kept.get("a", () => Promise.reject(new Error("no"))).catch(() => "refused");
    expect([first, await kept.get("a", () => Promise.resolve("yes"))]).to.deep.equal(["refused", "yes"]);
  });

  it("are refused to one too many who ask for different ones", async () => {
    const kept = new KeptAnswers<number>();
    let let_: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (let_ = resolve));
    const asked = Array.from({ length: 9 }, (_, nth) =>
      kept
        .get(String(nth), () => gate.then(() => nth))
        .catch((error: unknown) => (error as { code: string }).code),
    );
    expect(await asked[8]).to.equal("store_unavailable");
    let_();
    expect(await Promise.all(asked.slice(0, 8))).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
  });
});
