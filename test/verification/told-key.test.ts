import { expect } from "chai";

import { type Beginning, hearKey, NO_PRESSES, type ToldKey } from "../../src/verification/told-key.js";

/** A digit, how long it was held and when that ended, ms; by SIP INFO, or with the voice and a beginning if known. */
type Told = readonly [
  digit: string,
  durationMs: number,
  endedAt: number,
  by?: "INFO" | Beginning | undefined,
];

/** The digits that count. */
function pressed(...told: readonly Told[]): string {
  let presses = NO_PRESSES;
  return told
    .filter(([digit, durationMs, endedAt, by]) => {
      const known = by === "INFO" ? { byInfo: true } : { byInfo: false, beginning: by };
      const key: ToldKey = { digit, durationMs, endedAt, ...known };
      const { isPress, next } = hearKey(presses, key);
      presses = next;
      return isPress;
    })
    .map(([digit]) => digit)
    .join("");
}

/** So many presses of one key at one pace, as telephone events tell of them. */
function paced(times: number, toneMs: number, gapMs: number): Told[] {
  return Array.from({ length: times }, (_, n) => ["5", toneMs, (n + 1) * toneMs + n * gapMs] as const);
}

/** Each telling of a key, so many ms apart. */
function times(digit: string, count: number, durationMs: number, endedAt: number, apartMs: number): Told[] {
  return Array.from({ length: count }, (_, n) => [digit, durationMs, endedAt + n * apartMs] as const);
}

describe("whether a key that is told is a press of its own", () => {
  it("is one when nothing of that key was told before, whatever else was", () => {
    expect(pressed(["5", 100, 100], ["6", 100, 101], ["*", 8_000, 102])).to.equal("56*");
  });

  for (const [toneMs, gapMs] of [
    [40, 40],
    [50, 50],
    [80, 60],
    [100, 100],
    [400, 100],
    [1_600, 60],
  ] as const) {
    it(`is one each time where a key is held for ${toneMs} ms with ${gapMs} ms between`, () => {
      expect(pressed(...paced(6, toneMs, gapMs))).to.equal("555555");
    });
  }

  it("is one for every two lengths and every pause of a person", () => {
    for (let first = 40; first <= 1_000; first += 40) {
      for (let second = 40; second <= 1_000; second += 40) {
        for (let gap = 60; gap <= 300; gap += 40) {
          const told: Told[] = [
            ["5", first, first],
            ["5", second, first + gap + second],
          ];
          expect(pressed(...told), `${first} ms, ${gap} ms, ${second} ms`).to.equal("55");
        }
      }
    }
  });

  it("is one where two presses were held up on their way, among keys that came once", () => {
    expect(
      pressed(["1", 100, 100], ["5", 100, 300], ["5", 100, 301], ["7", 90, 500], ["7", 110, 560]),
    ).to.equal("15577");
  });

  it("is one where a tone was found late or short, as detectors do at 40 ms", () => {
    expect(pressed(["1", 38, 30], ["7", 38, 112], ["7", 25, 143], ["7", 38, 204])).to.equal("1777");
  });

  it("is one when it is longer and the end of the one before was held up", () => {
    expect(pressed(["3", 100, 100], ["5", 60, 1_150], ["5", 300, 1_420])).to.equal("355");
  });

  it("is one when the clock was set back", () => {
    expect(pressed(["4", 100, 10_000], ["4", 100, 400], ["4", 100, 600])).to.equal("444");
  });

  it("is none when the key was cut off for want of news, and its true end comes, however often", () => {
    expect(pressed(["5", 20, 395], ["5", 1_600, 1_600], ["5", 20, 2_200], ["5", 1_600, 3_400])).to.equal(
      "55",
    );
    expect(pressed(["5", 20, 395], ["5", 1_020, 1_420], ["5", 2_020, 2_425], ["5", 3_000, 3_010])).to.equal(
      "5",
    );
  });

  it("is none where a busy machine read the end of a key late that was cut off at once", () => {
    expect(pressed(["5", 20, 0], ["5", 1_020, 1_300])).to.equal("5");
  });

  it("is none where the end of a long key comes twice, though no end did before: nothing holds a press up for that long", () => {
    const told = (at: number): Told[] => [
      ["1", 20, at],
      ["1", 1_020, at + 1_000],
      ["1", 2_020, at + 2_000],
      ["1", 3_000, at + 3_600],
    ];
    // As Asterisk told of it on a busy machine: the third of the second press came twice.
    const twice = told(25_565).flatMap((key, nth): Told[] =>
      nth === 2 ? [key, ["1", 2_020, 27_630]] : [key],
    );
    expect(pressed(...told(22_373), ...twice)).to.equal("11");
  });

  it("is one after keys that were cut off, of whatever length", () => {
    const cutOff: Told[] = [
      ["1", 20, 395],
      ["1", 1_600, 1_600],
      ["2", 20, 2_395],
      ["2", 1_600, 3_600],
    ];
    expect(pressed(...cutOff, ["5", 100, 4_000], ["5", 120, 4_200], ["5", 90, 4_360])).to.equal("12555");
  });

  for (const [name, apartMs] of [
    ["at once", 0],
    ["as Asterisk parts them", 46],
  ] as const) {
    it(`is none when each end comes three times, ${name}`, () => {
      const told = [1, 2, 3, 4].flatMap((nth) => times("5", 3, 100, nth * 220, apartMs));
      expect(pressed(...told)).to.equal("5555");
    });
  }

  it("is none when an end comes twice, and one where four ends of such a peer come at once", () => {
    expect(
      pressed(...times("4", 2, 100, 100, 60), ...times("4", 2, 100, 320, 60), ...times("5", 4, 100, 900, 0)),
    ).to.equal("4455");
  });

  it("doubles no other key of a peer that tells each three times when Asterisk was late with one", () => {
    const late: Told[] = [...times("5", 1, 100, 300, 0), ...times("5", 2, 100, 420, 45)];
    expect(pressed(...times("5", 3, 100, 0, 45), ...late, ...times("5", 3, 100, 700, 45))).to.equal("5555");
  });

  it("is none where most keys came twice, be it that one end was lost", () => {
    expect(
      pressed(
        ...times("1", 2, 100, 100, 1),
        ...times("2", 2, 100, 300, 1),
        ["3", 100, 500],
        ...times("4", 2, 100, 700, 1),
      ),
    ).to.equal("1234");
  });

  for (const [name, lateMs] of [
    ["as the key goes down", -97],
    ["as it is lifted", 20],
    ["a second later, when the next has come", 1_000],
  ] as const) {
    it(`is none when SIP INFO tells of it too, ${name}`, () => {
      const told = Array.from("448840").flatMap((digit, nth): Told[] => [
        [digit, 100, 5_000 + nth * 500],
        [digit, 250, 5_000 + nth * 500 + lateMs, "INFO"],
      ]);
      expect(pressed(...told.toSorted(([, , one], [, , other]) => one - other))).to.equal("448840");
    });
  }

  it("is none when a long key was told by SIP INFO as it went down", () => {
    expect(
      pressed(["4", 250, 0, "INFO"], ["4", 3_000, 3_000], ["4", 250, 3_300, "INFO"], ["4", 100, 3_400]),
    ).to.equal("44");
  });

  it("is one each by SIP INFO alone, whatever length it claims and however quick they are", () => {
    expect(pressed(["4", 250, 0, "INFO"], ["4", 250, 46, "INFO"], ["4", 250, 92, "INFO"])).to.equal("444");
  });

  it("is one by SIP INFO, though one or two of them were taken for keys that came with the voice", () => {
    expect(
      pressed(
        ["1", 160, 0, "INFO"],
        ["2", 160, 50, "INFO"],
        ["3", 160, 100, "INFO"],
        ["4", 160, 150],
        ["4", 160, 200, "INFO"],
        ["4", 160, 250, "INFO"],
        ["5", 160, 300],
        ["5", 160, 350],
      ),
    ).to.equal("12344455");
  });

  it("is one where its beginning was told, though it came at once with another from the first key on", () => {
    const bunched = Array.from("111111", (digit): Told => [digit, 100, 500, "told"]);
    expect(pressed(...bunched)).to.equal("111111");
    expect(pressed(["1", 60, 500, "told"], ["1", 300, 500, "told"], ["3", 90, 500, "told"])).to.equal("113");
  });

  for (const [name, lateMs, durationMs] of [
    ["at once", 0, 100],
    ["as Asterisk parts them", 46, 100],
    ["as late as a quick key permits", 90, 60],
  ] as const) {
    it(`is none where the next key has ended it, and its end comes after that key's beginning, ${name}`, () => {
      const told = Array.from("4829", (digit, nth): Told[] => [
        [digit, durationMs, nth * 300, "told"],
        [digit, durationMs, nth * 300 + lateMs, "overtaken"],
      ]);
      expect(pressed(...told.flat())).to.equal("4829");
    });
  }

  it("is one where all of it was overtaken by the next key", () => {
    expect(pressed(["5", 100, 100, "told"], ["5", 100, 360, "overtaken"], ["6", 100, 400, "told"])).to.equal(
      "556",
    );
  });

  it("is none where its end came again with no beginning, be they keys or ends that come at once", () => {
    const again = [1, 2, 3].flatMap((nth): Told[] => [
      ["5", 100, nth * 200, "told"],
      ["5", 100, nth * 200 + 1, "untold"],
      ["5", 100, nth * 200 + 46, "untold"],
    ]);
    expect(pressed(...again)).to.equal("555");
    expect(pressed(...again.map(([digit, durationMs, , by]): Told => [digit, durationMs, 900, by]))).to.equal(
      "555",
    );
  });

  it("is one where its beginning was lost and it is clear of the one before", () => {
    expect(pressed(["5", 100, 100, "told"], ["5", 100, 300, "untold"], ["5", 100, 500, "untold"])).to.equal(
      "555",
    );
  });

  it("is a doubtful one where it comes as an overtaken end does, and nobody told of its beginning", () => {
    const doubtful = (...told: readonly Told[]): boolean[] => {
      let presses = NO_PRESSES;
      return told.map(([digit, durationMs, endedAt, by]) => {
        const known = by === "INFO" ? { byInfo: true } : { byInfo: false, beginning: by };
        const { isDoubtful, next } = hearKey(presses, { digit, durationMs, endedAt, ...known });
        presses = next;
        return isDoubtful;
      });
    };
    const before: Told[] = [
      ["1", 100, 100],
      ["2", 100, 300],
    ];
    expect(doubtful(...before, ["3", 100, 500], ["3", 120, 546])).to.deep.equal([false, false, false, true]);
    for (const other of [
      ["3", 100, 501],
      ["3", 80, 546],
      ["3", 100, 601],
      ["3", 40, 580],
      ["3", 160, 546, "INFO"],
      ["3", 100, 546, "told"],
    ] as const)
      expect(doubtful(...before, ["3", 100, 500], other).at(-1), other.join()).to.equal(false);
    const quick = Array.from("1233", (digit, nth): Told => [digit, 160, nth * 45]);
    expect(doubtful(...quick), "by SIP INFO, and nobody knows").to.deep.equal([false, false, false, false]);
  });
});
