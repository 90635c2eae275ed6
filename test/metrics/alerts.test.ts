import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "chai";
import { parse } from "yaml";
import { PROJECT_DIR } from "../phones/programs.js";
import { ALERTS, RULES } from "./deployed.js";
import { promtool } from "./promtool.js";

const RULE_TESTS = "test/metrics/honnin.rules.test.yaml";

describe("the alert rules", function () {
  this.timeout(240_000);

  it("are rules to Prometheus", async () => {
    const { code, said } = await promtool("check", "rules", path.join(PROJECT_DIR, RULES));
    expect(said).to.include("SUCCESS");
    expect(code, said).to.equal(0);
  });

  it("are raised by series as faults make them, and by none of a sound service", async () => {
    const { code, said } = await promtool("test", "rules", path.join(PROJECT_DIR, RULE_TESTS));
    expect(code, said).to.equal(0);
  });

  it("have a test each in which they are raised", () => {
    const tests = readFileSync(path.join(PROJECT_DIR, RULE_TESTS), "utf8");
    const raised = [...tests.matchAll(/alertname="(\w+)"/g)].map(([, name]) => name);
    expect(raised).to.have.members(ALERTS.map(({ alert }) => alert));
  });

  it("have a section in the runbook of each language, which they name", () => {
    for (const language of ["en", "ja"]) {
      const page = readFileSync(path.join(PROJECT_DIR, "docs", language, "runbook.md"), "utf8");
      const sections = [...page.matchAll(/^## (Honnin\w+)$/gm)].map(([, name]) => name);
      expect(sections, language).to.have.members(ALERTS.map(({ alert }) => alert));
    }
    for (const { alert, annotations } of ALERTS) {
      expect(annotations["runbook"]).to.equal(`runbook.md#${alert.toLowerCase()}`);
    }
  });

  it("say how soon somebody is to look", () => {
    for (const { alert, labels } of ALERTS) expect(labels["severity"], alert).to.be.oneOf(["page", "ticket"]);
  });

  it("are read by the example for Prometheus", async () => {
    const example = path.join(PROJECT_DIR, "deploy/prometheus/scrape.example.yaml");
    const { code, said } = await promtool("check", "config", example);
    expect(code, said).to.equal(0);
    const { rule_files } = parse(readFileSync(example, "utf8")) as { rule_files: string[] };
    expect(rule_files).to.deep.equal([path.basename(RULES)]);
  });
});
