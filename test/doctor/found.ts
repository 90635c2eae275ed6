import { expect } from "chai";
import { examine, type Finding } from "../../src/cli/doctor/examine.js";
import type { FindingGroup } from "../../src/cli/doctor/finding.js";
import { databaseSettings } from "../support/test-database.js";

export type Env = Readonly<Record<string, string>>;

/** What a group finds of a data directory and its settings. Nothing of whoever runs the tests is among them. */
export async function found(
  group: FindingGroup,
  dataDir: string,
  env: Env = {},
): Promise<readonly Finding[]> {
  const settings = { HONNIN_DATA_DIR: dataDir, ...(await databaseSettings(dataDir)), ...env };
  return examine(settings, dataDir, undefined, [group]);
}

export function ids(findings: readonly Finding[]): string[] {
  return findings.map(({ id }) => id);
}

/** That one thing and nothing else was found, with words in both languages and this among what was seen. */
export function expectOnly(findings: readonly Finding[], id: string, seen = ""): void {
  expect(ids(findings), JSON.stringify(findings.map((one) => one.seen))).to.deep.equal([id]);
  const [finding] = findings;
  expect(finding?.seen).to.contain(seen);
  for (const words of [finding?.what, finding?.cause, finding?.remedy]) {
    expect(words?.ja).to.match(/[぀-ヿ一-鿿].*。$/u);
    expect(words?.en).to.match(/\.$/);
  }
}
