import { expect } from "chai";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

import { withPrecedence } from "../../src/asterisk/precedence.js";
import { startProgram } from "../../src/child-process.js";

/** Whether this system lets us give precedence. */
function permitted(): boolean {
  const own = getPriority();
  try {
    setPriority(own - 1);
  } catch {
    return false;
  }
  setPriority(own);
  return true;
}

describe("precedence before other programs", () => {
  it("is given to a program and its group where the system permits it, and not kept", async () => {
    const own = getPriority();
    const child = await withPrecedence(() => startProgram("cat", [], { stdio: "pipe", detached: true }));
    const { pid } = child;
    const group = `/proc/${String(pid)}/autogroup`;
    const expected = permitted() ? Math.max(own - 10, -20) : own;
    expect(getPriority(pid), "of the program").to.equal(expected);
    expect(getPriority(), "of this one").to.equal(own);
    if (existsSync(group)) expect(readFileSync(group, "utf8")).to.match(new RegExp(` nice ${expected}\n$`));
    child.stdin?.end();
    await once(child, "close");
  });

  it("is no reason not to say why a program could not be started", async () => {
    const own = getPriority();
    const error = await withPrecedence(() =>
      startProgram("/nowhere/to/be/found", [], { stdio: "ignore" }),
    ).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.include({ code: "ENOENT" });
    expect(getPriority()).to.equal(own);
  });
});
