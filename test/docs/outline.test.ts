import { expect } from "chai";
import { differentOutline } from "../../scripts/docs/outline.js";

const ENGLISH = ["en.md", "# A\n\n## B\n\n| a |\n| - |\n\n## C\n\n```sh\nls\n```\n"] as const;

function against(page: string): string | null {
  return differentOutline(ENGLISH, ["ja.md", page]);
}

describe("the outlines of a page in two languages", () => {
  it("are the same whatever the words", () => {
    expect(against("# あ\n\n文。\n\n## い\n\n| う |\n| - |\n\n## え\n\n```sh\nls # お\n```\n")).to.equal(
      null,
    );
  });

  it("part where a heading is missing, and both places are told", () => {
    expect(against("# あ\n\n## い\n\n| う |\n| - |\n")).to.match(/^en\.md:8 and ja\.md:end part/);
  });

  it("part where a heading is of another level", () => {
    expect(against("# あ\n\n### い\n\n| う |\n| - |\n\n## え\n\n```sh\nls\n```\n")).to.match(
      /^en\.md:3 and ja\.md:3 part/,
    );
  });

  it("part where a section lacks its table or its piece of code", () => {
    expect(against("# あ\n\n## い\n\n## え\n\n```sh\nls\n```\n")).to.contain("1 tables");
    expect(against("# あ\n\n## い\n\n| う |\n| - |\n\n## え\n")).to.contain("1 pieces of code");
  });
});
