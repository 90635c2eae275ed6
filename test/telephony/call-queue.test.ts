import { expect } from "chai";
import { CallQueue } from "../../src/telephony/call-queue.js";

const queued = (...calls: [seq: number, clientId: string][]): CallQueue => {
  const queue = new CallQueue();
  for (const [seq, clientId] of calls) queue.push({ seq, clientId, since: seq });
  return queue;
};
const all = (queue: CallQueue): (number | undefined)[] => {
  const begun: (number | undefined)[] = [];
  while (queue.ready) begun.push(queue.begin()?.seq);
  return begun;
};

describe("the calls that wait for a line", () => {
  it("go first come first served", () => {
    expect(all(queued([1, "a"], [2, "b"], [3, "a"]))).to.deep.equal([1, 2, 3]);
  });

  it("of a client at its limit are passed over, until one of its calls has ended", () => {
    const queue = queued([1, "a"], [2, "a"], [3, "b"], [4, "a"]);
    queue.limit("a", 1);
    expect(all(queue)).to.deep.equal([1, 3]);
    queue.ended("b");
    expect(queue.ready).to.equal(false);
    queue.ended("a");
    expect(all(queue)).to.deep.equal([2]);
    expect(queue.size).to.equal(1);
  });

  it("go when the limit is raised or taken away", () => {
    const queue = queued([1, "a"], [2, "a"], [3, "a"], [4, "a"]);
    queue.limit("a", 1);
    expect(all(queue)).to.deep.equal([1]);
    queue.limit("a", 2);
    expect(all(queue)).to.deep.equal([2]);
    queue.limit("a", null);
    expect(all(queue)).to.deep.equal([3, 4]);
  });

  it("that have waited for too long are taken out, those of a full client too", () => {
    const queue = queued([1, "a"], [2, "a"], [3, "b"]);
    queue.limit("a", 1);
    queue.begin();
    expect(queue.takeLate(3).map(({ seq }) => seq)).to.deep.equal([2]);
    expect(queue.oldest?.seq).to.equal(3);
    expect(queue.takeLate(99).map(({ seq }) => seq)).to.deep.equal([3]);
    expect(queue.oldest).to.equal(undefined);
  });
});
