import { expect } from "chai";
import { tempDir } from "../support/temp-dir.js";
import { HonninCommand, type Outcome, runningAsterisk, setUp } from "./honnin-command.js";

/** To be called, had the service a trunk. */
const NUMBER = "+819012345678";

describe("honnin verify", () => {
  let dir: Awaited<ReturnType<typeof tempDir>>;
  let service: HonninCommand | undefined;

  before(setUp);

  beforeEach(async () => {
    dir = await tempDir();
  });

  afterEach(async () => {
    service?.signal("SIGKILL");
    await service?.ended();
    service = undefined;
    const left = runningAsterisk(dir.path);
    if (left !== null) process.kill(left, "SIGKILL");
    await dir.remove();
  });

  const verify = (number: string, port: string): Promise<Outcome> =>
    HonninCommand.run(dir.path, ["verify", number], { HONNIN_API_PORT: port });

  it("ends with 1 when the service refuses the number, with 4 when it cannot call, and when it is gone", async () => {
    service = HonninCommand.serve(dir.path);
    const { api } = await service.logged("honnin is ready");
    const { port } = new URL(String(api));
    for (const [number, code, said] of [
      ["0120123456", 1, "number_not_allowed"],
      ["abc", 1, "invalid_request"],
      [NUMBER, 4, "service_unavailable"],
    ] as const) {
      const outcome = await verify(number, port);
      expect(outcome.stderr).to.contain(said);
      expect(outcome.code, outcome.stderr).to.equal(code);
      expect(outcome.stdout).to.equal("");
    }
    service.signal("SIGTERM");
    await service.ended();
    const outcome = await verify(NUMBER, port);
    expect(outcome.code, outcome.stderr).to.equal(4);
    expect(outcome.stdout).to.equal("");
  });

  it("ends with 4 where no service ever ran", async () => {
    const { code, stdout, stderr } = await verify(NUMBER, "1");
    expect(code, stderr).to.equal(4);
    expect(stdout).to.equal("");
  });
});
