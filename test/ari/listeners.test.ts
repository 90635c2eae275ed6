import { expect } from "chai";
import { Listeners } from "../../src/ari/listeners.js";

describe("listeners", () => {
  let thrown: unknown[];
  let listeners: Listeners<[string]>;
  let heard: string[];

  beforeEach(() => {
    thrown = [];
    heard = [];
    listeners = new Listeners<[string]>((error) => thrown.push(error));
  });

  it("hear in the order in which they came", () => {
    listeners.add((what) => heard.push(`first ${what}`));
    listeners.add((what) => heard.push(`second ${what}`));
    listeners.emit("key");
    expect(heard).to.deep.equal(["first key", "second key"]);
  });

  it("still hear when one before them throws, and what it threw is reported", () => {
    const failure = new Error("one bad call");
    listeners.add(() => {
      throw failure;
    });
    listeners.add((what) => heard.push(what));
    listeners.emit("key");
    expect(heard).to.deep.equal(["key"]);
    expect(thrown).to.deep.equal([failure]);
  });

  it("that have left hear nothing more, and leaving twice is harmless", () => {
    const leave = listeners.add((what) => heard.push(what));
    leave();
    leave();
    listeners.emit("key");
    expect(heard).to.be.empty;
    expect(listeners.size).to.equal(0);
  });

  it("may leave, and others come, while they are being told", () => {
    const leave = listeners.add((what) => {
      heard.push(`first ${what}`);
      leave();
      listeners.add((next) => heard.push(`late ${next}`));
    });
    listeners.add((what) => heard.push(`second ${what}`));
    listeners.emit("a");
    expect(heard).to.deep.equal(["first a", "second a"]);
    listeners.emit("b");
    expect(heard.slice(2)).to.deep.equal(["second b", "late b"]);
  });
});
