import { expect } from "chai";
import { once } from "node:events";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { getPriority, setPriority } from "node:os";

import { withPrecedence } from "../../src/asterisk/precedence.js";
import { serveAtOnce } from "../../src/asterisk/real-time.js";
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

/** sched(7) */
const SCHED_OTHER = 0;
const SCHED_RR = 2;

/** Of a thread: field 41 of its line, proc_pid_stat(5). */
function policyOf(pid: number, task: string): number {
  const stat = readFileSync(`/proc/${pid}/task/${task}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[41 - 3]);
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

  it("is given at once to all threads of a program where the system permits it", async () => {
    const mayBe = spawnSync("chrt", ["--rr", "10", "true"]).status === 0;
    const script = `new (require("node:worker_threads").Worker)("setInterval(() => {}, 1000)", { eval: true })
      .on("online", () => console.log("up"));`;
    const child = await startProgram(process.execPath, ["-e", script], { stdio: "pipe" });
    const { pid, stdout } = child;
    if (pid === undefined || stdout === null) throw new Error("it was not started");
    await once(stdout, "data");
    expect(await serveAtOnce(pid)).to.equal(mayBe);
    const policies = new Set(readdirSync(`/proc/${pid}/task`).map((task) => policyOf(pid, task)));
    expect([...policies]).to.deep.equal([mayBe ? SCHED_RR : SCHED_OTHER]);
    child.kill("SIGKILL");
    await once(child, "close");
    expect(await serveAtOnce(pid), "when it is gone").to.equal(false);
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
