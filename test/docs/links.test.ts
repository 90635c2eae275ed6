import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { deadLinks } from "../../scripts/docs/links.js";
import { tempDir } from "../support/temp-dir.js";

describe("links of the manual", () => {
  /** @returns what is wrong with a page that stands beside `docs/other.md`, which has a heading in each language. */
  async function faultsOf(page: string): Promise<readonly string[]> {
    const folder = await tempDir();
    try {
      await mkdir(path.join(folder.path, "docs"));
      await writeFile(path.join(folder.path, "docs/page.md"), page);
      await writeFile(
        path.join(folder.path, "docs/other.md"),
        "# Other\n\n## A trunk's answers\n\n## 認証の登録\n",
      );
      return await deadLinks(folder.path, ["docs/page.md", "docs/other.md"]);
    } finally {
      await folder.remove();
    }
  }

  it("may lead to headings of the same page and of others, in English and in Japanese, and to folders", async () => {
    const page = [
      "# Page",
      "[here](#page) [there](other.md#a-trunks-answers) [日本語](other.md#認証の登録) [folder](../docs)",
      "[elsewhere](https://example.com/nothing-is-asked-there)",
    ];
    expect(await faultsOf(page.join("\n\n"))).to.deep.equal([]);
  });

  it("are told with file and line where there is no such file, picture or heading", async () => {
    const page = "# Page\n\n[a](nowhere.md)\n\n![b](flow.svg)\n\n[c](other.md#認証の取消)\n\n[d](#pag)\n";
    const faults = await faultsOf(page);
    expect(faults.map((fault) => fault.split(":", 2).join(":"))).to.have.members([
      "docs/page.md:3",
      "docs/page.md:5",
      "docs/page.md:7",
      "docs/page.md:9",
    ]);
  });
});
