import { expect } from "chai";
import { MetricsRegistry } from "../../src/metrics/metrics-registry.js";
import { samplesOf } from "./scrape.js";

describe("the series of a service", () => {
  const read = async (registry: MetricsRegistry): Promise<Record<string, number>> =>
    Object.fromEntries(
      samplesOf(await registry.text())
        .filter(({ name }) => name.startsWith("honnin_"))
        .map(({ name, labels, value }) => [`${name} ${Object.values(labels).join(" ")}`.trim(), value]),
    );

  it("are there at 0 before anything is counted, so that the first increase is seen", async () => {
    const registry = new MetricsRegistry();
    const tally = registry.counter("honnin_a_total", "a", ["kind"], [{ kind: "x" }, { kind: "y" }]);
    tally.add({ kind: "y" }, 2);
    expect(await read(registry)).to.deep.equal({ "honnin_a_total x": 0, "honnin_a_total y": 2 });
  });

  it("are not shown where a look gives nothing, with and without labels", async () => {
    const registry = new MetricsRegistry();
    let known: number | null = 7;
    registry.gauge("honnin_b", "b", () => known);
    registry.gauges("honnin_c", "c", ["kind"], () =>
      known === null ? [] : [{ labels: { kind: "x" }, value: known }],
    );
    expect(await read(registry)).to.deep.equal({ honnin_b: 7, "honnin_c x": 7 });
    known = null;
    expect(await read(registry)).to.deep.equal({});
  });

  it("take a total that others count, and a time that a clock put back makes negative", async () => {
    const registry = new MetricsRegistry();
    registry.total("honnin_d_total", "d", () => 5);
    registry.histogram("honnin_e_seconds", "e", [1]).observe({}, -3);
    const series = await read(registry);
    expect(series).to.include({ honnin_d_total: 5, honnin_e_seconds_sum: 0, honnin_e_seconds_count: 1 });
  });

  it("are written once for all who ask at the same time, whatever a look fails with", async () => {
    const registry = new MetricsRegistry();
    let looks = 0;
    registry.beforeText(() => {
      looks += 1;
      return Promise.reject(new Error("down"));
    });
    registry.gauge("honnin_f", "f", () => looks);
    const [first, second] = await Promise.all([registry.text(), registry.text()]);
    expect(first).to.equal(second);
    expect(looks).to.equal(1);
    expect(await read(registry)).to.deep.equal({ honnin_f: 2 });
  });
});
