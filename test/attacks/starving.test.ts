import { expect } from "chai";
import { CallService } from "../calls/call-service.js";
import { figure } from "./figures.js";

describe("an attack: one client takes all lines", function () {
  this.timeout(240_000);
  let calls: CallService;

  before(async () => {
    calls = await CallService.start({ HONNIN_TRUNK_MAX_CPS: "2" });
  });
  after(() => calls.stop());

  it("400 registrations of one do not keep the only one of another waiting: the lines are shared in turns", async () => {
    const flood = await Promise.all(
      Array.from({ length: 400 }, async () => (await calls.register(calls.newNumber())).id),
    );
    const placed = (): number =>
      flood.filter((id) => calls.eventsOf(id).some(({ kind }) => kind === "placed")).length;
    const other = await calls.newClient("other");
    const { id } = await calls.register(calls.newNumber(), {}, other);
    const before = placed();
    await calls.happened(id, "placed", { ms: 120_000 });
    const between = placed() - before;
    figure("calls of the flood that were placed before the one of another client", between);
    expect(between).to.be.at.most(3);
    expect(placed()).to.be.lessThan(400);
  });
});
