import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { backoffMs } from "../../backoff.js";
import type { Clock } from "../../clock.js";
import type { Logger } from "../../log.js";
import { writeNumber } from "../../trunks/number-format.js";
import type { Gateway } from "../gateway.js";
import { type MessageParts, messageParts } from "../../verification/message-parts.js";
import type { GatewayReports, ReportEnded } from "../sending/gateway-reports.js";
import type { MessageInParts } from "../sending/part-ledger.js";
import { SendingTurns, type TakeTurns } from "../sending/sending-turns.js";
import { type HandedOver, isGatewayFailing, type Untried, type Way } from "../sending/way.js";
import type { ShortMessage } from "../sms-sender.js";
import { STATUS, statusName } from "./command.js";
import { canonicalId, readDelivered } from "./receipt.js";
import { SmppLink, type SubmitAnswer } from "./smpp-link.js";
import { SmppLinkError, type SmppPlace } from "./smpp-socket.js";
import { isSubmittable, submitBodies } from "./submit.js";

export interface SmppGatewayParts {
  readonly gateway: Gateway;
  readonly place: SmppPlace;
  readonly reports: GatewayReports;
  readonly log: Logger;
  readonly clock: Clock;
  readonly onReport?: (end: ReportEnded) => void;
  /** See {@link SendingTurns}. */
  readonly takeTurns?: TakeTurns | undefined;
}

/** Between tries to make the link, milliseconds: at first, and at most. */
const RETRY_MS = 500;
const LONGEST_RETRY_MS = 60_000;
/** Between tries of a part whose message has begun to go. */
const PART_RETRY_MS = 1_000;

/** A gateway by SMPP 3.4: keeps a link up, and sends under its window and rate. */
export class SmppGateway implements Way {
  readonly name: string;
  readonly prefixes: readonly string[];
  readonly #parts: SmppGatewayParts;
  readonly #turns: SendingTurns;
  readonly #ended = new AbortController();
  readonly #keeping: Promise<void>;
  #link: SmppLink | null = null;
  #whyDown = "connecting";
  /** Of the next message in parts; it begins anywhere, so that a start repeats none of a moment ago. */
  #reference = randomInt(256);

  constructor(parts: SmppGatewayParts) {
    const { gateway, clock, takeTurns } = parts;
    this.#parts = parts;
    this.name = gateway.name;
    this.prefixes = gateway.prefixes;
    this.#turns = new SendingTurns({
      ...{ perSecond: gateway.maxPerSecond, window: gateway.window },
      ...{ clock, takeTurns },
    });
    this.#keeping = this.#keepLink();
  }

  get isUp(): boolean {
    return this.#link !== null;
  }

  /** Why there is no link: the word of the last failure. */
  get whyDown(): string | null {
    return this.isUp ? null : this.#whyDown;
  }

  async handOver(message: ShortMessage): Promise<HandedOver | Untried> {
    const { gateway, reports } = this.#parts;
    const inParts = messageParts(message.text, gateway.alphabet);
    if (!isSubmittable(inParts)) return { kind: "refused", code: "too_long", whose: "message" };
    const turn = await this.#turns.take(message.giveUpAt, message.onTurn);
    if (turn !== "come") return { kind: "untried", why: turn };
    const bodies = this.#bodiesOf(message, inParts);
    const noted = reports.open(bodies.length);
    for (const [index, body] of bodies.entries()) {
      const handed =
        index === 0 ? await this.#inTurn(body, noted) : await this.#handOn(body, noted, message.expiresAt);
      if (handed.kind === "accepted") continue;
      return index === 0 ? handed : { kind: "unknown", code: handed.code };
    }
    return { kind: "accepted", reference: noted.reference };
  }

  putBack(): void {
    this.#turns.putBack();
  }

  halt(): void {
    this.#turns.halt();
  }

  async close(): Promise<void> {
    await this.#turns.close();
    this.#ended.abort();
    await this.#link?.close();
    await this.#keeping;
  }

  /** As they are when the turn has come: the message is of use for less time than before its wait. */
  #bodiesOf({ to, expiresAt }: ShortMessage, message: MessageParts): readonly Buffer[] {
    const { gateway, clock } = this.#parts;
    if (message.parts.length > 1) this.#reference = (this.#reference + 1) % 256;
    return submitBodies(gateway, {
      to: writeNumber(to, gateway.numberFormat ?? "e164_without_plus"),
      message,
      reference: this.#reference,
      validMs: expiresAt - clock(),
    });
  }

  /** A further part. One that was certainly not sent may go again: without it the message would never be read. */
  async #handOn(body: Buffer, noted: MessageInParts, expiresAt: number): Promise<HandedOver> {
    for (;;) {
      const turn = await this.#turns.take(expiresAt, () => Promise.resolve(true));
      // The message goes on where it has begun.
      if (turn === "put_back") continue;
      if (turn !== "come") return { kind: "unknown", code: turn };
      const handed = await this.#inTurn(body, noted);
      if (handed.kind !== "throttled" && handed.kind !== "down") return handed;
      if (this.#parts.clock() + PART_RETRY_MS >= expiresAt || this.#ended.signal.aborted) return handed;
      await pause(PART_RETRY_MS);
    }
  }

  /** Gives the turn back. */
  async #inTurn(body: Buffer, noted: MessageInParts): Promise<HandedOver> {
    const handed = await this.#handOverPart(body, noted);
    this.#turns.giveBack(isGatewayFailing(handed));
    return handed;
  }

  async #handOverPart(body: Buffer, noted: MessageInParts): Promise<HandedOver> {
    const link = this.#link;
    if (link === null) return { kind: "down", code: this.#whyDown };
    try {
      return await this.#parts.reports.during(this.#submit(link, body, noted));
    } catch (error) {
      return { kind: "unknown", code: error instanceof SmppLinkError ? error.code : "failed" };
    }
  }

  /** @throws {SmppLinkError} */
  async #submit(link: SmppLink, body: Buffer, noted: MessageInParts): Promise<HandedOver> {
    const { status, id }: SubmitAnswer = await link.submit(body);
    const code = statusName(status);
    if (status === STATUS.throttled || status === STATUS.messageQueueFull) {
      return { kind: "throttled", code, afterMs: null };
    }
    if (status !== STATUS.ok) return { kind: "refused", code, whose: "message" };
    noted.add(id === null ? null : canonicalId(id, this.#parts.gateway.receiptIds, "answer"));
    return { kind: "accepted", reference: null };
  }

  async #keepLink(): Promise<void> {
    const { log } = this.#parts;
    const { signal } = this.#ended;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const { closed } = await this.#connect();
        failures = 0;
        this.#whyDown = await closed;
      } catch (error) {
        this.#whyDown = error instanceof SmppLinkError ? error.code : "failed";
      }
      this.#link = null;
      if (this.#ended.signal.aborted) return;
      const ms = backoffMs(failures, RETRY_MS, LONGEST_RETRY_MS, Math.random);
      log.warn("no link to the SMS gateway", { gateway: this.name, code: this.#whyDown, retryMs: ms });
      failures += 1;
      await pause(ms, undefined, { signal }).catch(() => undefined);
    }
  }

  /**
   * Resolves when the link is up.
   *
   * @returns `closed` tells why it has ended.
   * @throws {SmppLinkError}
   */
  async #connect(): Promise<{ readonly closed: Promise<string> }> {
    const { gateway, place, log } = this.#parts;
    let onClosed: (code: string) => void = () => undefined;
    const closed = new Promise<string>((resolve) => {
      onClosed = resolve;
    });
    const link = await SmppLink.open({
      ...place,
      systemId: gateway.username ?? "",
      password: gateway.password ?? "",
      systemType: gateway.systemType,
      answerMs: gateway.answerSeconds * 1000,
      enquireMs: gateway.enquireSeconds * 1000,
      onDelivered: (body) => this.#delivered(body),
      onClosed: (code) => {
        this.#link = null;
        onClosed(code);
      },
    });
    if (this.#ended.signal.aborted) await link.close();
    else {
      this.#link = link;
      log.info("the link to the SMS gateway is up", { gateway: this.name });
    }
    return { closed };
  }

  /** @throws what kept the report from being kept. */
  async #delivered(body: Buffer): Promise<void> {
    const { gateway, reports, onReport, log } = this.#parts;
    const delivered = readDelivered(body, gateway.receiptIds);
    if (typeof delivered === "string") {
      onReport?.(delivered);
      return;
    }
    try {
      onReport?.(await reports.take(delivered));
    } catch (error) {
      onReport?.("failed");
      log.warn("a report of an SMS was not kept; the gateway is to send it again", { gateway: this.name });
      throw error;
    }
  }
}
