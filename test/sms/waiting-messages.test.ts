import { expect } from "chai";
import type { Session, Pdu } from "smpp";
import { OpenedGateways, overSmpp } from "./opened-gateways.js";
import { numbered, type OnSubmit, Smsc } from "./smsc.js";

/** A message centre that is slow: it answers when the test does. */
class SlowCentre {
  readonly #open: [Pdu, Session][] = [];
  readonly onSubmit: OnSubmit = (submit, session) => {
    this.#open.push([submit, session]);
    return "silence";
  };
  /** Takes the oldest that waits for its answer. */
  take(): void {
    const [submit, session] = this.#open.shift() ?? [];
    if (submit !== undefined) session?.send(submit.response({ message_id: "1" }));
  }
}

describe("messages that wait for their turn at a gateway", () => {
  let first: Smsc;
  let second: Smsc;
  let gateways: OpenedGateways | undefined;

  const open = async (onSubmit: OnSubmit, entry: Record<string, string> = {}): Promise<OpenedGateways> => {
    first = await Smsc.start({ onSubmit });
    second = await Smsc.start({ onSubmit: numbered() });
    const opened = new OpenedGateways([
      overSmpp(first.port, { name: "first", window: "1", ...entry }),
      overSmpp(second.port, { name: "second", order: "2" }),
    ]);
    gateways = opened;
    await opened.ready(2);
    return opened;
  };

  afterEach(async () => {
    await gateways?.close();
    await first.stop();
    await second.stop();
  });

  it("go by the next when the first hangs: it has the one that it was given, and no other", async () => {
    const { send } = bound(await open(() => "silence", { answer_seconds: "0.5" }));
    const outcomes = await Promise.all([send(), send(), send()]);
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal(["unknown", "accepted", "accepted"]);
    expect(first.submits).to.have.length(1);
    expect(second.submits).to.have.length(2);
  });

  it("go by the next when the first wants less, and not all are shown to the first before", async () => {
    const { send } = bound(await open(() => ({ status: 0x58 })));
    const outcomes = await Promise.all([send(), send(), send(), send(), send()]);
    expect(outcomes.map(({ kind }) => kind)).to.deep.equal(Array(5).fill("accepted"));
    // Who had its turn already as the first answered is shown.
    expect(first.submits.length).to.be.at.most(2);
    expect(second.submits).to.have.length(5);
  });

  it("are refused when their own time is over, though others before them have more", async () => {
    const centre = new SlowCentre();
    const { send } = bound(await open(centre.onSubmit));
    const [taken, patient] = [send(), send()];
    const hasty = send({ giveUpAt: Date.now() + 100 });
    expect(await Promise.race([hasty, taken, patient])).to.deep.equal({
      ...{ kind: "refused", gateway: "first", code: "no_turn" },
    });
    centre.take();
    await first.submitted(2);
    centre.take();
    expect((await Promise.all([taken, patient])).map(({ kind }) => kind)).to.deep.equal([
      "accepted",
      "accepted",
    ]);
  });

  it("are not handed over when nobody wants them any more as their turn comes", async () => {
    const centre = new SlowCentre();
    const { send } = bound(await open(centre.onSubmit));
    let isWanted = true;
    const taken = send();
    const withdrawn = send({ onTurn: () => Promise.resolve(isWanted) });
    await first.submitted(1);
    isWanted = false;
    centre.take();
    expect(await taken).to.include({ kind: "accepted" });
    expect(await Promise.race([withdrawn, first.submitted(2)])).to.deep.equal({
      ...{ kind: "withdrawn", why: "unwanted" },
    });
    expect(second.submits).to.have.length(0);
  });
});

function bound(gateways: OpenedGateways): Pick<OpenedGateways, "send"> {
  return { send: gateways.send.bind(gateways) };
}
