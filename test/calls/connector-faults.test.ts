import { expect } from "chai";
import type { Worker } from "node:worker_threads";
import type { SippPhone } from "../phones/sipp.js";
import { asterisk16 } from "../asterisk/asterisk16.js";
import { CallService } from "./call-service.js";
import { childProcesses } from "./child-processes.js";

const CODE = "271828";

describe("calls by ari-client", function () {
  this.timeout(240_000);
  let calls: CallService;
  const workers: Worker[] = [];
  const noteWorker = (worker: Worker): void => {
    workers.push(worker);
  };

  beforeEach(() => {
    process.on("worker", noteWorker);
  });

  afterEach(async () => {
    process.off("worker", noteWorker);
    workers.length = 0;
    await calls.stop();
    expect(childProcesses()).to.deep.equal([]);
  });

  async function answered(): Promise<{ phone: SippPhone; id: string }> {
    const { phone, number } = await calls.phone("answers");
    const { id } = await calls.register(number, { code: CODE });
    await phone.answered();
    await phone.heard.speech();
    return { phone, id };
  }

  async function verified({ phone, id }: { phone: SippPhone; id: string }): Promise<void> {
    await phone.press(CODE);
    await phone.hungUpOn();
    expect(await calls.ended(id)).to.include({ status: "verified", code_entries: 1 });
  }

  it("the worker dies during a call: another takes the call up, and it is verified", async () => {
    calls = await CallService.start({ HONNIN_FIRST_KEY_SECONDS: "8" }, { installation: asterisk16 });
    const call = await answered();
    const up = calls.linkUp();
    await workers[0]?.terminate();
    await up;
    expect(workers).to.have.length(2);
    await verified(call);
  });

  it("by wish also with the bundled Asterisk, whose version would take the other connector", async () => {
    calls = await CallService.start({ HONNIN_ARI_CONNECTOR: "ari-client" });
    await verified(await answered());
    expect(workers).to.have.length(1);
  });

  it("the start stops with what is wrong when the password is", async () => {
    calls = await CallService.start({}, { installation: asterisk16 });
    await calls.down();
    const failure = await calls.up({ HONNIN_ARI_PASSWORD: "guess" }).then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(failure).to.include({ code: "ari_request_failed", status: 401 });
  });
});
