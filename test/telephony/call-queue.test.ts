import { expect } from "chai";
import { CallQueue, type ClientLimits } from "../../src/telephony/call-queue.js";

const NOW = 1_000_000;
const LIMITS: ClientLimits = { maxCalls: null, callsPerMinute: 60_000 };

/** Each to a number of its own. */
const queued = (...calls: [seq: number, clientId: string][]): CallQueue => {
  const queue = new CallQueue();
  for (const [seq, clientId] of calls) {
    queue.push({ seq, clientId, number: `number ${seq}`, since: seq }, LIMITS);
  }
  return queue;
};
const all = (queue: CallQueue, now = NOW): (number | undefined)[] => {
  const begun: (number | undefined)[] = [];
  while (queue.readyIn(now) === 0) begun.push(queue.begin(now)?.seq);
  return begun;
};

describe("the calls that wait for a line", () => {
  it("of one client go first come first served", () => {
    expect(all(queued([1, "a"], [2, "a"], [3, "a"]))).to.deep.equal([1, 2, 3]);
  });

  it("of several clients go in turns, however many one of them has", () => {
    const flood = Array.from({ length: 400 }, (_, i): [number, string] => [i + 1, "a"]);
    const queue = queued(...flood, [401, "b"], [402, "c"], [403, "b"]);
    expect(all(queue).slice(0, 7)).to.deep.equal([1, 401, 402, 2, 403, 3, 4]);
  });

  it("of a client that was served last come after those of the others, also when its own were there first", () => {
    const queue = queued([1, "a"], [2, "a"]);
    expect(queue.begin(NOW)?.seq).to.equal(1);
    queue.push({ seq: 3, clientId: "b", number: "number 3", since: 3 }, LIMITS);
    expect(all(queue)).to.deep.equal([2, 3]);
    queue.push({ seq: 4, clientId: "b", number: "number 4", since: 4 }, LIMITS);
    queue.push({ seq: 5, clientId: "a", number: "number 5", since: 5 }, LIMITS);
    expect(all(queue)).to.deep.equal([5, 4]);
  });

  it("of a client at its limit are passed over, until one of its calls has ended", () => {
    const queue = queued([1, "a"], [2, "a"], [3, "b"], [4, "a"]);
    queue.limit("a", { ...LIMITS, maxCalls: 1 });
    const first = queue.begin(NOW);
    const other = queue.begin(NOW);
    expect([first?.seq, other?.seq]).to.deep.equal([1, 3]);
    queue.ended(other!, NOW);
    expect(queue.readyIn(NOW)).to.equal(Infinity);
    queue.ended(first!, NOW);
    expect(all(queue)).to.deep.equal([2]);
    expect(queue.size).to.equal(1);
  });

  it("go when the limit is raised or taken away", () => {
    const queue = queued([1, "a"], [2, "a"], [3, "a"], [4, "a"]);
    queue.limit("a", { ...LIMITS, maxCalls: 1 });
    expect(all(queue)).to.deep.equal([1]);
    queue.limit("a", { ...LIMITS, maxCalls: 2 });
    expect(all(queue)).to.deep.equal([2]);
    queue.limit("a", LIMITS);
    expect(all(queue)).to.deep.equal([3, 4]);
  });

  it("of a client keep to its calls a minute, ten seconds' worth at once, and hold up nobody else", () => {
    const flood = Array.from({ length: 20 }, (_, i): [number, string] => [i + 1, "a"]);
    const queue = queued(...flood, [21, "b"]);
    queue.limit("a", { ...LIMITS, callsPerMinute: 12 });
    expect(all(queue)).to.deep.equal([1, 21, 2]);
    const wait = queue.readyIn(NOW);
    expect(wait).to.equal(5_000);
    expect(all(queue, NOW + wait)).to.deep.equal([3]);
  });

  it("to one number go one after another, whoever asked for them", () => {
    const queue = queued([1, "a"]);
    queue.push({ seq: 2, clientId: "b", number: "number 1", since: 2 }, LIMITS);
    queue.push({ seq: 3, clientId: "a", number: "number 1", since: 3 }, LIMITS);
    queue.push({ seq: 4, clientId: "a", number: "number 4", since: 4 }, LIMITS);
    const first = queue.begin(NOW);
    expect(first?.seq).to.equal(1);
    expect(all(queue)).to.deep.equal([4]);
    queue.ended(first!, NOW);
    const second = queue.begin(NOW);
    expect(second?.seq).to.equal(2);
    expect(all(queue)).to.deep.equal([]);
    queue.ended(second!, NOW);
    expect(all(queue)).to.deep.equal([3]);
  });

  it("to a number that is in a call are not late: their time begins when it has ended", () => {
    const queue = queued([1, "a"]);
    queue.push({ seq: 2, clientId: "a", number: "number 1", since: 2 }, LIMITS);
    const first = queue.begin(NOW);
    expect(queue.takeLate(NOW + 60_000, NOW + 120_000)).to.deep.equal([]);
    expect(queue.oldest).to.equal(undefined);
    queue.ended(first!, NOW + 120_000);
    expect(queue.oldest).to.equal(NOW + 120_000);
    expect(queue.has(2)).to.equal(true);
    expect(all(queue, NOW + 120_000)).to.deep.equal([2]);
  });

  it("take in a redial that is due before its call is noted as ended", () => {
    const queue = queued([1, "a"]);
    const first = queue.begin(NOW);
    queue.push({ seq: 1, clientId: "a", number: "number 1", since: NOW }, LIMITS);
    expect(all(queue)).to.deep.equal([]);
    queue.ended(first!, NOW);
    expect(queue.has(1)).to.equal(true);
    expect(all(queue)).to.deep.equal([1]);
  });

  it("that have waited for too long are taken out, those of a full client too", () => {
    const queue = queued([1, "a"], [2, "a"], [3, "b"]);
    queue.limit("a", { ...LIMITS, maxCalls: 1 });
    queue.begin(NOW);
    expect(queue.takeLate(3, NOW).map(({ seq }) => seq)).to.deep.equal([2]);
    expect(queue.oldest).to.equal(3);
    expect(queue.takeLate(99, NOW).map(({ seq }) => seq)).to.deep.equal([3]);
    expect(queue.oldest).to.equal(undefined);
    expect(queue.has(3)).to.equal(false);
  });

  it("wait no more when they were begun elsewhere, and the next one to the same number may go", () => {
    const queue = queued([1, "a"], [2, "a"]);
    queue.push({ seq: 3, clientId: "b", number: "number 1", since: 3 }, LIMITS);
    queue.push({ seq: 4, clientId: "b", number: "number 1", since: 4 }, LIMITS);
    queue.drop(4, NOW);
    queue.drop(1, NOW);
    queue.drop(99, NOW);
    expect([1, 2, 3, 4].map((seq) => queue.has(seq))).to.deep.equal([false, true, true, false]);
    expect(all(queue)).to.deep.equal([2, 3]);
  });

  it("are left alone when it was here that they were begun", () => {
    const queue = queued([1, "a"], [2, "a"]);
    const first = queue.begin(NOW);
    queue.drop(1, NOW);
    expect(queue.has(1)).to.equal(true);
    queue.ended(first!, NOW);
    expect(queue.has(1)).to.equal(false);
    expect(all(queue)).to.deep.equal([2]);
  });

  it("go in an order of this node's own among the first that find a line, where nodes share what waits", () => {
    const draws = [0, 0.5, 0.999];
    const queue = new CallQueue({ isShared: true, random: () => draws.shift() ?? 0 });
    for (let seq = 1; seq <= 20; seq += 1) {
      queue.push({ seq, clientId: "a", number: `number ${seq}`, since: seq }, LIMITS);
    }
    const odd = ({ seq }: { seq: number }): number => (seq % 2 === 1 ? 0 : Infinity);
    expect([1, 2, 3, 4].map(() => queue.begin(NOW, odd)?.seq)).to.deep.equal([1, 11, 19, 3]);
  });
});
