import { expect } from "chai";
import { messageParts } from "../../src/verification/message-parts.js";
import {
  asCompanyName,
  faultOfTemplate,
  isCompanyName,
  messageText,
} from "../../src/verification/message-text.js";

const MINUTE = 60_000;
const PLAIN = { template: null, company: "本人電機", domain: null, link: null };

describe("the text of a message", () => {
  const text = (
    wording: Partial<typeof PLAIN> | Readonly<Record<string, string>> = {},
    left = 5 * MINUTE,
  ): string => messageText({ ...PLAIN, ...wording }, "ja", "012345", left, 0);

  it("tells code, company, minutes and the warning, in one part", () => {
    expect(text()).to.equal(
      "【本人電機】認証番号は 012345 です。5分以内に入力してください。誰にも教えないでください。",
    );
    expect(messageParts(text()).parts.length).to.equal(1);
    const english = messageText({ ...PLAIN, company: "Honnin Denki" }, "en", "012345", 5 * MINUTE, 0);
    expect(english).to.equal(
      "Honnin Denki: your code is 012345. Enter it within 5 minutes. Never tell it to anybody.",
    );
    expect(messageParts(english).parts.length).to.equal(1);
  });

  it("counts whole minutes, and never promises none", () => {
    expect(text({}, 2 * MINUTE - 1)).to.include("1分以内");
    expect(text({}, 10)).to.include("1分以内");
  });

  it("ends in the line that browsers read, where there is a domain", () => {
    expect(text({ domain: "example.com" })).to.match(/\n\n@example\.com #012345$/);
  });

  it("puts the warning where the template wants it, and at the end of one that does not say", () => {
    expect(text({ template: "{warning}番号 {code}" })).to.equal("誰にも教えないでください。番号 012345");
    expect(text({ template: "番号 {code}。" })).to.equal("番号 012345。誰にも教えないでください。");
  });

  it("does not look for placeholders in what it has put in", () => {
    expect(text({ company: "{code}{x}", template: "{company} {code}" })).to.include("{code}{x} 012345");
  });

  it("has a link only where the client has set one", () => {
    expect(text({ template: "{code} {link}", link: "https://example.com/" })).to.include(
      "https://example.com/",
    );
    expect(text({ template: "{code} {link}" })).not.to.include("http");
  });

  it("is refused as a template without a code, with unknown placeholders, links or too many parts", () => {
    expect(faultOfTemplate("番号 {code}、{minutes}分")).to.equal(null);
    expect(faultOfTemplate("番号")).to.match(/missing/);
    expect(faultOfTemplate("{code} {kode}")).to.match(/\{kode\}/);
    expect(faultOfTemplate("{code} {")).to.match(/brace/);
    for (const link of [
      "https://a.example/",
      "www.example",
      "example.com",
      "ｅｘａｍｐｌｅ．ｃｏｍ",
      "ftp://x",
    ]) {
      expect(faultOfTemplate(`{code} ${link}`), link).to.match(/link/);
    }
    expect(faultOfTemplate(`{code}${"あ".repeat(300)}`)).to.match(/parts/);
    // With the longest code, company and domain that there may be it is four parts still.
    const most = "あ".repeat(108);
    expect(faultOfTemplate(`{code}${most}`)).to.equal(null);
    const domain = `${"w".repeat(57)}.jp`;
    const longest = messageText(
      { template: `{code}${most}`, company: "x", domain, link: null },
      "ja",
      "W".repeat(32),
      0,
      0,
    );
    expect(messageParts(longest).parts.length).to.equal(4);
    expect(faultOfTemplate("{code}\u0007")).to.match(/control/);
    expect(isCompanyName("本人電機")).to.equal(true);
    for (const name of [
      "",
      "x".repeat(31),
      "a{b",
      "a.example",
      "a\nb",
      "銀行.com",
      "honnin。jp",
      "日本.jp へ",
      "1.2.3.4/x",
    ])
      expect(isCompanyName(name), name).to.equal(false);
    expect(asCompanyName("shop-1")).to.equal("shop-1");
    expect(asCompanyName("shop.example.com/x")).to.equal("shop example com x");
  });

  it("is refused where what stands behind a placeholder would make a link of it", () => {
    for (const template of [
      "{company}.example {code}",
      "{company}com {code}",
      "{code}.jp",
      "{minutes}.{code}.jp",
    ])
      expect(faultOfTemplate(template), template).to.match(/link/);
    for (const template of ["{company}: {code}. Enter it", "{company}です。{code}", "【{company}】{code}"])
      expect(faultOfTemplate(template), template).to.equal(null);
  });

  it("is refused with what breaks a line or turns the writing unseen", () => {
    for (const one of ["\u2028", "\u2029", "\u0085", "\u202e", "\u2066", "\r"]) {
      const name = one.codePointAt(0)?.toString(16);
      expect(faultOfTemplate(`{code}${one}x`), name).to.match(/control/);
      expect(isCompanyName(`a${one}b`), name).to.equal(false);
    }
    expect(faultOfTemplate("{company}\n{code}")).to.equal(null);
  });
});
