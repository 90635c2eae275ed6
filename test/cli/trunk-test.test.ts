import { expect } from "chai";
import { CallService } from "../calls/call-service.js";
import { HonninCommand, type Outcome, setUp } from "./honnin-command.js";

describe("honnin trunk test NUMBER", () => {
  let calls: CallService;

  before(async () => {
    await setUp();
    calls = await CallService.start();
  });

  after(async () => {
    await calls.stop();
  });

  const test = (...args: readonly string[]): Promise<Outcome> =>
    HonninCommand.run(calls.dataDir, ["trunk", "test", ...args]);

  it("calls, tells each SIP message with what it means, and how it went; the number is masked throughout", async () => {
    const { phone, number } = await calls.phone("answers");
    const command = new HonninCommand(calls.dataDir, ["trunk", "test", number, "--yes", "--lang", "en"]);
    await command.said("code: ");
    const [, code = ""] = /code: (\d+)/.exec(command.stderr) ?? [];
    await phone.answered();
    await phone.heard.speech();
    await phone.press(code);
    const { code: exit, stdout, stderr } = await command.ended();
    expect(exit, stderr).to.equal(0);
    const at = (words: string): number => stdout.indexOf(words);
    const told = [
      "— we ask for the call",
      "— the telephone rings",
      "— somebody has answered",
      "— we hang up",
    ];
    for (const words of told) expect(at(words), `${words}\n${stdout}`).to.be.greaterThan(-1);
    expect(told.map(at)).to.deep.equal([...told.map(at)].sort((a, b) => a - b));
    expect(stdout).to.contain("codecs: PCMU").and.contain("Right: verified");
    expect(stdout).not.to.contain(number.slice(3, -2));
    expect(stdout).not.to.contain(code);
  });

  it("says why it was refused, in Japanese and as JSON, and ends with 1", async () => {
    const { number } = await calls.phone("busy-486");
    const japanese = await test(number, "--yes", "--lang", "ja");
    expect(japanese.code).to.equal(1);
    expect(japanese.stdout)
      .to.contain("発信を依頼します")
      .and.contain("486（話し中）")
      .and.contain("相手が話し中でした。");
    const other = await calls.phone("trunk-503");
    const { code, stdout } = await test(other.number, "--yes", "--json");
    expect(code).to.equal(1);
    const told = JSON.parse(stdout) as {
      readonly messages: readonly { readonly status: number | null; readonly ours: boolean }[];
      readonly verification: { readonly status: string };
    };
    expect(told.messages[0]).to.include({ ours: true, status: null });
    expect(told.messages.map(({ status }) => status)).to.include(503);
    expect(told.verification.status).to.equal("failed");
    expect(stdout).not.to.contain(other.number.slice(3, -2));
  });

  it("calls nobody where nobody agrees, where the number is refused, and where no service runs", async () => {
    const { number } = await calls.phone("busy-486");
    const unasked = await test(number);
    expect(unasked.code).to.equal(2);
    expect(unasked.stderr).to.contain("--yes");
    const refused = await test("0120123456", "--yes");
    expect(refused.code, refused.stderr).to.equal(1);
    expect(refused.stderr).to.contain("number_not_allowed");
    expect((await test("abc", "--yes")).code).to.equal(2);
    await calls.down();
    const down = await test(number, "--yes");
    expect(down.code).to.equal(4);
    expect(down.stderr).to.contain("the service does not run");
  });
});
