import { expect } from "chai";
import fc from "fast-check";
import { spell } from "../../src/verification/spelling.js";

describe("spelling a code", () => {
  it("groups digits in threes", () => {
    expect(spell("4829130").join(" ")).to.equal(
      "digit-4 pause-short digit-8 pause-short digit-2 pause-group digit-9 pause-short digit-1 pause-short digit-3 pause-group digit-0",
    );
  });

  it("tells the case of each letter, so that Q is no 9 and nobody has to guess", () => {
    expect(spell("aQ9").join(" ")).to.equal(
      "letter-lower letter-a pause-short letter-upper letter-q pause-short digit-9",
    );
  });

  it("says every character once and in order, whatever the code", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9]{4,32}$/), (code) => {
        let upper = false;
        let read = "";
        for (const piece of spell(code)) {
          if (piece === "letter-upper" || piece === "letter-lower") upper = piece === "letter-upper";
          else if (!piece.startsWith("pause-")) {
            const character = piece.split("-")[1] ?? "";
            read += upper && piece.startsWith("letter-") ? character.toUpperCase() : character;
          }
        }
        expect(read).to.equal(code);
      }),
    );
  });
});
