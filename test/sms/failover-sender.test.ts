import { expect } from "chai";
import { FailoverSender } from "../../src/sms/sending/failover-sender.js";
import type { HandedOver, Way } from "../../src/sms/sending/way.js";
import type { ShortMessage } from "../../src/sms/sms-sender.js";
import { capturedLog } from "../support/quiet-log.js";

/** A way out that does as it is told, and counts. */
class ToldWay implements Way {
  readonly name: string;
  readonly prefixes: readonly string[] = [];
  readonly whyDown = null;
  isUp = true;
  handed = 0;
  next: HandedOver = { kind: "accepted", reference: "1" };

  constructor(name: string) {
    this.name = name;
  }
  handOver(): Promise<HandedOver> {
    this.handed += 1;
    return Promise.resolve(this.next);
  }
  putBack(): void {
    // Nobody waits.
  }
  halt(): void {
    this.isUp = false;
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe("messages over several gateways", () => {
  let now: number;
  let first: ToldWay;
  let second: ToldWay;
  let sender: FailoverSender;
  let logged: () => string;

  beforeEach(() => {
    now = 1_000_000;
    [first, second] = [new ToldWay("first"), new ToldWay("second")];
    const { log, text } = capturedLog();
    logged = text;
    sender = new FailoverSender({ ways: [first, second], log, clock: () => now, random: () => 1 });
  });
  afterEach(() => sender.close());

  const message = (more: Partial<ShortMessage> = {}): ShortMessage => ({
    ...{ id: "att_1", to: "+819012345678", text: "code" },
    ...{ expiresAt: now + 300_000, giveUpAt: now + 300_000, isWanted: () => Promise.resolve(true) },
    onTurn: () => Promise.resolve(true),
    ...more,
  });
  const gatewayOf = async (): Promise<string> => {
    const outcome = await sender.send(message());
    return outcome.kind === "withdrawn" ? outcome.why : outcome.gateway;
  };

  it("go by the first while it is well", async () => {
    expect(await gatewayOf()).to.equal("first");
    expect(second.handed).to.equal(0);
  });

  it("pass over a gateway that has failed, for longer each time, and come back when it works", async () => {
    first.next = { kind: "refused", code: "ECONNREFUSED", whose: "gateway" };
    for (const restMs of [5_000, 10_000, 20_000]) {
      const before = first.handed;
      expect(await gatewayOf()).to.equal("second");
      expect(first.handed).to.equal(before + 1);
      now += restMs - 1;
      expect(await gatewayOf()).to.equal("second");
      expect(first.handed, `it rests for ${String(restMs)} ms`).to.equal(before + 1);
      now += 1;
    }
    first.next = { kind: "accepted", reference: "1" };
    expect(await gatewayOf()).to.equal("first");
    expect(logged()).to.contain("the SMS gateway works again");
    expect(await gatewayOf()).to.equal("first");
  });

  it("do not pass over a gateway that refused one message for what it was", async () => {
    first.next = { kind: "refused", code: "invalid_to", whose: "message" };
    expect(await gatewayOf()).to.equal("second");
    first.next = { kind: "accepted", reference: "1" };
    expect(await gatewayOf()).to.equal("first");
  });

  it("go by the next while the first has to send less, and by the first after the time that it said", async () => {
    first.next = { kind: "throttled", code: "http_429", afterMs: 60_000 };
    expect(await gatewayOf()).to.equal("second");
    first.next = { kind: "accepted", reference: "1" };
    now += 59_999;
    expect(await gatewayOf()).to.equal("second");
    now += 1;
    expect(await gatewayOf()).to.equal("first");
  });

  it("are tried by a gateway that rests where there is no other", async () => {
    const { log } = capturedLog();
    const alone = new FailoverSender({ ways: [first], log, clock: () => now });
    first.next = { kind: "unknown", code: "timeout" };
    expect(await alone.send(message())).to.deep.equal({ kind: "unknown", gateway: "first", code: "timeout" });
    first.next = { kind: "accepted", reference: "2" };
    expect(await alone.send(message())).to.include({ kind: "accepted" });
    await alone.close();
  });

  it("go by the next where the first has no link, without a word of it to the first", async () => {
    first.isUp = false;
    expect(await gatewayOf()).to.equal("second");
    expect(first.handed).to.equal(0);
  });

  it("wait for a link where no other has one, and are refused when there is none in time", async () => {
    first.isUp = second.isUp = false;
    const waiting = gatewayOf();
    setImmediate(() => {
      second.isUp = true;
    });
    expect(await waiting).to.equal("second");
    second.isUp = false;
    first.next = second.next = { kind: "down", code: "ECONNREFUSED" };
    const refused = sender.send(message());
    now += 10_000;
    expect(await refused).to.deep.equal({ kind: "refused", gateway: "second", code: "ECONNREFUSED" });
  });

  it("are never handed to another after one that may have sent them", async () => {
    first.next = { kind: "unknown", code: "timeout" };
    expect(await gatewayOf()).to.equal("first");
    expect(second.handed).to.equal(0);
  });

  it("are refused with the last word when nobody takes them", async () => {
    first.next = { kind: "refused", code: "a", whose: "message" };
    second.next = { kind: "refused", code: "b", whose: "message" };
    expect(await sender.send(message())).to.deep.equal({ kind: "refused", gateway: "second", code: "b" });
  });

  it("are refused, and not sent later, when nobody took them until another way is to be taken", async () => {
    expect(await sender.send(message({ giveUpAt: now }))).to.include({ kind: "refused", code: "given_up" });
    first.next = second.next = { kind: "throttled", code: "wait", afterMs: 20_000 };
    const waiting = sender.send(message({ giveUpAt: now + 50 }));
    await settled(() => first.handed === 1 && second.handed === 1);
    now += 50;
    first.next = second.next = { kind: "accepted", reference: "1" };
    expect(await waiting).to.deep.equal({ kind: "refused", gateway: "second", code: "wait" });
    expect([first.handed, second.handed]).to.deep.equal([1, 1]);
  });

  it("are not handed over any more once nobody wants them", async () => {
    first.next = second.next = { kind: "throttled", code: "wait", afterMs: 1 };
    let isWanted = true;
    const waiting = sender.send(message({ isWanted: () => Promise.resolve(isWanted) }));
    isWanted = false;
    now += 1;
    expect(await waiting).to.deep.equal({ kind: "withdrawn", why: "unwanted" });
    expect([first.handed, second.handed]).to.deep.equal([1, 1]);
  });

  it("come back at once when the sender is halted", async () => {
    first.next = second.next = { kind: "throttled", code: "wait", afterMs: 100_000 };
    const waiting = sender.send(message());
    sender.halt();
    expect(await waiting).to.deep.equal({ kind: "withdrawn", why: "halted" });
    expect(await sender.send(message())).to.deep.equal({ kind: "withdrawn", why: "halted" });
  });

  it("say of each gateway how it stands, and why", async () => {
    first.next = { kind: "refused", code: "ECONNREFUSED", whose: "gateway" };
    await gatewayOf();
    second.isUp = false;
    expect(sender.standings()).to.deep.equal([
      { name: "first", state: "resting", why: "ECONNREFUSED" },
      { name: "second", state: "down", why: null },
    ]);
    now += 300_000;
    expect(sender.standings()[0]).to.deep.equal({ name: "first", state: "up", why: null });
  });
});

async function settled(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
