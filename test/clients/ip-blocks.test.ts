import { expect } from "chai";
import { isIpBlock, liesIn } from "../../src/clients/ip-blocks.js";

describe("addresses and blocks of addresses", () => {
  for (const text of [
    "192.0.2.1",
    "192.0.2.0/24",
    "0.0.0.0/0",
    "2001:db8::1",
    "2001:db8::/32",
    "::ffff:192.0.2.1",
  ]) {
    it(`takes ${text}`, () => {
      expect(isIpBlock(text)).to.equal(true);
    });
  }

  for (const text of [
    "",
    "192.0.2",
    "192.0.2.0/33",
    "192.0.2.0/",
    "192.0.2.0/24/8",
    "2001:db8::/129",
    "localhost",
    "fe80::1%eth0",
    "192.0.2.0/-1",
  ]) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(isIpBlock(text)).to.equal(false);
    });
  }

  for (const [address, blocks, lies] of [
    ["192.0.2.200", ["192.0.2.0/24"], true],
    ["192.0.3.1", ["192.0.2.0/24", "198.51.100.7"], false],
    ["198.51.100.7", ["192.0.2.0/24", "198.51.100.7"], true],
    ["198.51.100.8", ["198.51.100.7"], false],
    ["2001:db8:0:1::5", ["2001:db8::/32"], true],
    ["2001:db9::5", ["2001:db8::/32"], false],
    ["::1", ["0.0.0.0/0"], false],
    ["127.0.0.1", ["::/0"], false],
    ["fe80::1%eth0", ["fe80::/10"], true],
  ] as const) {
    it(`${address} ${lies ? "lies" : "does not lie"} in ${blocks.join(", ")}`, () => {
      expect(liesIn(blocks, address)).to.equal(lies);
    });
  }

  it("counts an IPv4-mapped IPv6 address as IPv4, on either side and in any spelling", () => {
    expect(liesIn(["192.0.2.0/24"], "::ffff:192.0.2.9")).to.equal(true);
    expect(liesIn(["192.0.2.0/24"], "::ffff:c000:209")).to.equal(true);
    expect(liesIn(["192.0.2.0/24"], "::ffff:192.0.3.9")).to.equal(false);
    expect(liesIn(["::ffff:192.0.2.0/120"], "192.0.2.9")).to.equal(true);
    expect(liesIn(["::FFFF:192.0.2.9"], "192.0.2.9")).to.equal(true);
  });

  it("lets nobody in whose address is not known", () => {
    expect(liesIn(["0.0.0.0/0", "::/0"], undefined)).to.equal(false);
    expect(liesIn(["0.0.0.0/0", "::/0"], "unix")).to.equal(false);
  });
});
