import { expect } from "chai";
import { type Logger } from "../../src/log.js";
import { StoreUnavailableError } from "../../src/store/store-unavailable.js";
import { OwedWrites } from "../../src/telephony/owed-writes.js";

describe("writes that the database has refused", () => {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(line);
  const log = { error: note, info: note } as unknown as Logger;
  const refuse = (): Promise<never> => Promise.reject(new StoreUnavailableError("locked"));

  beforeEach(() => {
    lines.length = 0;
  });

  it("are made in their order once it takes them, and the stop waits for one that is under way", async () => {
    const owed = new OwedWrites(log);
    const made: string[] = [];
    let taken: (() => void) | undefined;
    let tries = 0;
    const started = new Promise<void>((tried) => {
      const first = (): Promise<void> => {
        tries += 1;
        if (tries === 1) return refuse();
        tried();
        return new Promise((resolve) => {
          taken = () => {
            made.push("first");
            resolve();
          };
        });
      };
      void owed.write("the first", first, log);
    });
    await started;
    await owed.write("the second", () => Promise.resolve(made.push("second")), log);
    let stopped = false;
    const stop = owed.stop().then(() => {
      stopped = true;
    });
    await new Promise(setImmediate);
    expect(stopped, "while the first is being written").to.equal(false);
    taken?.();
    await stop;
    expect(made).to.deep.equal(["first", "second"]);
    expect(lines).to.deep.equal(["the first could not be stored", "what the database had refused is stored"]);
  });

  it("are told of when they are still refused at the stop", async () => {
    const owed = new OwedWrites(log);
    await owed.write("the end", refuse, log);
    await owed.stop();
    expect(owed.size).to.equal(1);
    expect(lines).to.deep.equal(["the end could not be stored", "calls are left open in the database"]);
  });

  it("are dropped, and told of, where it is not the database that is in the way", async () => {
    const owed = new OwedWrites(log);
    await owed.write("the end", () => Promise.reject(new TypeError("of our own making")), log);
    expect(owed.size).to.equal(0);
    expect(lines).to.deep.equal(["the end could not be stored"]);
    await owed.stop();
  });
});
