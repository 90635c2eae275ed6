import { expect } from "chai";
import fc from "fast-check";
import { dialString, type RoutingTable } from "../../src/telephony/route.js";
import { rulePhoneNumber } from "../../src/verification/outbound-policy.js";
import { parsePhoneNumber } from "../../src/verification/phone-number.js";

const TABLE: RoutingTable = {
  trunks: [{ name: "trunk", numberFormat: "national", prefixes: [] }],
  testPhones: new Map(),
};

/** What would be dialled for what somebody typed; undefined: refused. */
function dial(input: string, allow: readonly string[] = []): string | null | undefined {
  const parsed = parsePhoneNumber(input);
  if (!parsed.ok || !rulePhoneNumber(parsed.number, allow).allowed) return undefined;
  return dialString(parsed.number.e164, TABLE);
}

/** Fixed 0AB-J, mobile 060/070/080/090 with a further digit of 1-9, IP 050: and no special class. */
const WITHIN_POLICY =
  /^PJSIP\/(0[6789]0[1-9]\d{7}|050[1-9]\d{7}|0(?!120|170|180|570|990|800|20)[1-9]\d{8})@trunk$/;

describe("the dial string", () => {
  it("is within policy for each of 100,000 strings, or there is none", () => {
    const pieces = fc.constantFrom(
      ...[
        "0",
        "1",
        "2",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "０",
        "９",
        "+",
        "+81",
        "81",
        "0120",
        "0800",
        "0570",
      ],
      ...["0990", "0170", "0180", "020", "184", "186", "110", "119", "00", "0033", "090", "060", "050", "03"],
      ...[
        "-",
        " ",
        "(",
        ")",
        ".",
        "ー",
        "*",
        "#",
        ",",
        ";",
        "@",
        "/",
        "&",
        "w",
        "p",
        "\n",
        "\0",
        "sip:",
        "PJSIP/",
        "％",
      ],
    );
    const likely = fc.tuple(
      fc.constantFrom(
        "090",
        "080",
        "070",
        "060",
        "050",
        "03",
        "+8190",
        "+81 (0)3",
        "０９０",
        "0120",
        "0570",
        "+1",
      ),
      fc.oneof(fc.stringMatching(/^[0-9０-９]{7,8}$/), fc.stringMatching(/^[0-9０-９ ()-]{6,10}$/)),
    );
    const input = fc.oneof(
      { weight: 3, arbitrary: fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join("")) },
      { weight: 3, arbitrary: likely.map(([head, tail]) => head + tail) },
      { weight: 1, arbitrary: fc.string({ unit: "binary", maxLength: 40 }) },
    );
    let dialled = 0;
    fc.assert(
      fc.property(input, (text) => {
        const endpoint = dial(text);
        if (endpoint === undefined) return;
        dialled += 1;
        expect(endpoint, JSON.stringify(text)).to.match(WITHIN_POLICY);
      }),
      { numRuns: 100_000 },
    );
    // A test in which nothing was dialled would prove nothing.
    expect(dialled).to.be.greaterThan(1_000);
  }).timeout(120_000);

  it("has no way without a trunk", () => {
    const parsed = parsePhoneNumber("09012345678");
    if (!parsed.ok) throw new Error("not a number");
    expect(dialString(parsed.number.e164, { ...TABLE, trunks: [] })).to.equal(null);
  });

  it("keeps E.164 for a trunk that wants it, and for numbers outside Japan", () => {
    expect(dial("+1 415 555 2671", ["+1"])).to.equal("PJSIP/+14155552671@trunk");
    const parsed = parsePhoneNumber("09012345678");
    if (!parsed.ok) throw new Error("not a number");
    const table = { ...TABLE, trunks: [{ name: "trunk", numberFormat: "e164", prefixes: [] }] } as const;
    expect(dialString(parsed.number.e164, table)).to.equal("PJSIP/+819012345678@trunk");
  });
});
