import { expect } from "chai";
import type { Gateway } from "../../src/sms/gateway.js";
import { readGateways } from "../../src/sms/read-gateways.js";
import { type GatewayParts, type OpenGateways, openGateways } from "../../src/sms/sending/open-gateways.js";
import type { DeliveryReport, SendOutcome, ShortMessage } from "../../src/sms/sms-sender.js";
import { PATIENCE_MS, poll, WaitingRoom } from "../phones/waiting.js";
import { capturedLog } from "../support/quiet-log.js";

export const NUMBER = "+819012345678";
export const SECRET = "sms-secret-x";
export const TOKEN = "report-token-of-a-test-1234";

/** An entry of `sms:` as an administrator writes it. */
export type Entry = Readonly<Record<string, unknown>>;

function gatewaysOf(...entries: readonly Entry[]): readonly Gateway[] {
  const { gateways, problems } = readGateways(entries, "sms", ".");
  expect(problems).to.deep.equal([]);
  return gateways;
}

export function overSmpp(port: number, entry: Entry = {}): Entry {
  const login = { username: "honnin", password: SECRET, answer_seconds: "60", max_per_second: "1000" };
  return { name: "main", url: `smpp://127.0.0.1:${String(port)}`, ...login, ...entry };
}

/** Gateways that are open, with everything that they tell. */
export class OpenedGateways {
  readonly open: OpenGateways;
  readonly reports: DeliveryReport[] = [];
  readonly ends: string[] = [];
  readonly room = new WaitingRoom();
  readonly #log = capturedLog();
  #sent = 0;

  constructor(entries: readonly Entry[], parts: Partial<GatewayParts> = {}) {
    this.open = openGateways({
      gateways: gatewaysOf(...entries),
      onReport: (report) => {
        this.reports.push(report);
        this.room.look();
        return Promise.resolve(true);
      },
      log: this.#log.log,
      clock: Date.now,
      reportToken: () => TOKEN,
      onReportEnd: (_gateway, end) => {
        this.ends.push(end);
        this.room.look();
      },
      ...parts,
    });
  }

  /** Resolves when every gateway could take a message. */
  async ready(count = 1): Promise<void> {
    await poll(() => Promise.resolve(upOf(this).length >= count), PATIENCE_MS, "the links");
  }

  send(message: Partial<ShortMessage> = {}): Promise<SendOutcome> {
    this.#sent += 1;
    const id = `att_${String(this.#sent)}`;
    return this.open.sender.send({
      id,
      to: NUMBER,
      text: "Code 123456",
      expiresAt: Date.now() + 300_000,
      giveUpAt: message.expiresAt ?? Date.now() + 300_000,
      isWanted: () => Promise.resolve(true),
      onTurn: () => Promise.resolve(true),
      ...message,
    });
  }

  reported(count: number): Promise<readonly DeliveryReport[]> {
    return this.room.until(
      () => (this.reports.length >= count ? this.reports : undefined),
      PATIENCE_MS,
      `${String(count)} reports`,
    );
  }

  ended(count: number): Promise<readonly string[]> {
    return this.room.until(
      () => (this.ends.length >= count ? this.ends : undefined),
      PATIENCE_MS,
      `the ends of ${String(count)} reports`,
    );
  }

  logged(): string {
    return this.#log.text();
  }

  /** Ends, and nothing that nobody may know stands in the log. */
  async close(): Promise<void> {
    await this.open.sender.close();
    for (const secret of [SECRET, TOKEN, NUMBER.slice(4), "123456"]) {
      expect(this.logged()).to.not.contain(secret);
    }
  }
}

/** Names of the gateways that can take a message now. */
export function upOf({ open }: { readonly open: OpenGateways }): string[] {
  return open.sender.standings().flatMap(({ name, state }) => (state === "up" ? [name] : []));
}
