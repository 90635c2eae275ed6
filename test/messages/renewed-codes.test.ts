import { expect } from "chai";
import { beginAttempt } from "../support/begin-attempt.js";
import { beginMessage } from "../../src/acts/begin-message.js";
import { endAttempt } from "../../src/acts/end-attempt.js";
import { revealCode } from "../../src/acts/reveal-code.js";
import { CALL_LIMITS, LIMITS } from "../support/api-fixture.js";
import { codeIn, REFUSED } from "../support/fake-sms-sender.js";
import { CHAIN, MessagesStage, SECOND } from "./messages-stage.js";

describe("messages with a new code each time", () => {
  const stage = MessagesStage.each();
  const { post, check, resend, row, outcome, set } = stage;

  const sentOnce = async (): Promise<string> => {
    await set({ new_code_each_time: true });
    await post({ id: "a", ...CHAIN });
    await outcome("a", "sent");
    return codeIn(await stage.sender.message(1));
  };
  const stillRight = async (code: string): Promise<void> => {
    expect((await check("a", code)).json).to.include({ status: "verified", code_entries: 1 });
  };

  it("leaves the person the code of before when no gateway takes the new one", async () => {
    const first = await sentOnce();
    stage.sender.answer(() => Promise.resolve(REFUSED));
    await resend("a", "sms");
    await outcome("a", "failed", 2);
    await stillRight(first);
  });

  it("leaves it when a limit keeps the next from being sent", async () => {
    await stage.stop();
    await stage.start({ ...CALL_LIMITS, perNumberPerHour: 1 });
    await set({ new_code_each_time: true });
    await post({ id: "a", channels: ["sms", "sms"] });
    await outcome("a", "sent");
    stage.now += 60 * SECOND;
    const { seq } = await row("a");
    expect(
      await beginMessage(
        stage.fixture.store,
        seq,
        "m-2",
        { ...LIMITS, calls: { ...CALL_LIMITS, perNumberPerHour: 1 } },
        stage.now,
      ),
    ).to.equal(undefined);
    await stillRight(codeIn(await stage.sender.message(1)));
  });

  it("leaves it when nobody answers the call that would have read the new one", async () => {
    const first = await sentOnce();
    await resend("a", "voice");
    const { seq } = await row("a");
    await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now);
    await endAttempt(
      stage.fixture.store,
      seq,
      "call",
      { outcome: "no_answer", sipStatus: null, q850Cause: null },
      5000,
      stage.now,
    );
    await stillRight(first);
  });

  it("takes it back once the new one was read, also in part", async () => {
    const first = await sentOnce();
    await resend("a", "voice");
    const { seq } = await row("a");
    await beginAttempt(stage.fixture.store, seq, "call", LIMITS, stage.now);
    const revealed = await revealCode(stage.fixture.store, seq, stage.now);
    await endAttempt(
      stage.fixture.store,
      seq,
      "call",
      { outcome: "answered", sipStatus: null, q850Cause: 16 },
      5000,
      stage.now,
    );
    expect((await check("a", first)).json).to.include({ status: "pending", code_entries: 1 });
    expect(revealed.kind).to.equal("code");
    if (revealed.kind === "code")
      expect((await check("a", revealed.code)).json).to.include({ status: "verified" });
    expect(await row("a")).to.include({ former_code_cipher: null, proved_by: "voice,sms" });
  });
});
