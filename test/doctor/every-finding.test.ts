import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { GROUPS } from "../../src/cli/doctor/groups.js";
import { PROJECT_DIR } from "../phones/programs.js";

describe("every finding of honnin doctor", () => {
  it("is named by a test that makes what is wrong, and found", () => {
    const folder = path.join(PROJECT_DIR, "test/doctor");
    const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts"));
    const text = tests.map((name) => readFileSync(path.join(folder, name), "utf8")).join("\n");
    const ids = GROUPS.flatMap(({ findings }) => Object.keys(findings));
    expect(ids.length).to.be.greaterThan(30);
    expect(ids.filter((id) => !text.includes(`"${id}"`))).to.deep.equal([]);
  });
});
