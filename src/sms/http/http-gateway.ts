import type { Clock } from "../../clock.js";
import { writeNumber } from "../../trunks/number-format.js";
import type { Gateway } from "../gateway.js";
import { messageParts } from "../../verification/message-parts.js";
import type { ShortMessage } from "../sms-sender.js";
import type { GatewayReports } from "../sending/gateway-reports.js";
import { SendingTurns, type TakeTurns } from "../sending/sending-turns.js";
import { type HandedOver, isGatewayFailing, type Untried, type Way } from "../sending/way.js";
import { judgeAnswer } from "./judge-answer.js";
import type { Manner } from "./manners/manner.js";
import { post, PostError } from "./post.js";
import { asForm, type Filling, fillTemplate, fillText } from "./template.js";

export interface HttpGatewayParts {
  readonly gateway: Gateway;
  readonly manner: Manner;
  readonly reports: GatewayReports;
  /** Where its reports are to go; null: it is not told. */
  readonly reportUrl: string | null;
  /** Authorities by which it is judged; undefined: the system's. */
  readonly ca: string | undefined;
  readonly clock: Clock;
  /** See {@link SendingTurns}. */
  readonly takeTurns?: TakeTurns | undefined;
}

/** Posts to one gateway at one time. */
const AT_ONCE = 50;

/** A gateway that takes a POST for each message. */
export class HttpGateway implements Way {
  readonly name: string;
  readonly prefixes: readonly string[];
  /** There is no link that could be down. */
  readonly isUp = true;
  readonly whyDown = null;
  readonly #parts: HttpGatewayParts;
  readonly #turns: SendingTurns;

  constructor(parts: HttpGatewayParts) {
    const { gateway, clock, takeTurns } = parts;
    this.#parts = parts;
    this.name = gateway.name;
    this.prefixes = gateway.prefixes;
    this.#turns = new SendingTurns({
      ...{ perSecond: gateway.maxPerSecond, window: AT_ONCE },
      ...{ clock, takeTurns },
    });
  }

  async handOver(message: ShortMessage): Promise<HandedOver | Untried> {
    const turn = await this.#turns.take(message.giveUpAt, message.onTurn);
    if (turn !== "come") return { kind: "untried", why: turn };
    const handed = await this.#handOverNow(message);
    this.#turns.giveBack(isGatewayFailing(handed));
    return handed;
  }

  async #handOverNow(message: ShortMessage): Promise<HandedOver> {
    try {
      return await this.#parts.reports.during(this.#post(message));
    } catch (error) {
      if (!(error instanceof PostError)) return { kind: "refused", code: "unsendable", whose: "message" };
      return error.isWritten
        ? { kind: "unknown", code: error.code }
        : { kind: "refused", code: error.code, whose: "gateway" };
    }
  }

  putBack(): void {
    this.#turns.putBack();
  }

  halt(): void {
    this.#turns.halt();
  }

  close(): Promise<void> {
    return this.#turns.close();
  }

  /** @throws {PostError} */
  async #post(message: ShortMessage): Promise<HandedOver> {
    const { manner, gateway, reports, clock, ca } = this.#parts;
    const filling = this.#fillingFor(message);
    const filled = fillTemplate(manner.body, filling) ?? {};
    const answer = await post({
      url: new URL(fillText(gateway.url, escaped(filling))),
      headers: this.#headers(filling),
      body: manner.bodyAs === "json" ? JSON.stringify(filled) : asForm(filled),
      timeoutMs: gateway.answerSeconds * 1000,
      ca,
    });
    const judged = judgeAnswer(answer, manner, clock());
    if (judged.kind !== "accepted") return judged;
    const parts = reports.open(new Set(judged.ids).size);
    for (const id of judged.ids) parts.add(id);
    return { kind: "accepted", reference: parts.reference };
  }

  #headers(filling: Filling): Record<string, string> {
    const { manner, gateway } = this.#parts;
    const { username = "", password = "" } = gateway;
    const type = manner.bodyAs === "json" ? "application/json" : "application/x-www-form-urlencoded";
    const login = Buffer.from(`${username}:${password}`, "utf8").toString("base64");
    const own = { none: undefined, basic: `Basic ${login}`, bearer: `Bearer ${password}` }[manner.auth];
    return {
      "content-type": `${type}; charset=utf-8`,
      ...(own === undefined ? {} : { authorization: own }),
      ...Object.fromEntries(
        Object.entries(manner.headers).map(([name, value]) => [name.toLowerCase(), fillText(value, filling)]),
      ),
    };
  }

  #fillingFor({ id, to, text, expiresAt }: ShortMessage): Filling {
    const { gateway, manner, reportUrl, clock } = this.#parts;
    const left = Math.max(1000, expiresAt - clock());
    return {
      id,
      to: writeNumber(to, manner.numberFormat),
      text,
      sender: gateway.sender ?? "",
      report_url: reportUrl ?? "",
      alphabet: messageParts(text, gateway.alphabet).alphabet === "ucs2" ? "unicode" : "text",
      validity_seconds: Math.ceil(left / 1000),
      // Vonage takes no less than 20 s.
      validity_ms: Math.max(20_000, left),
      expires_at: new Date(expiresAt).toISOString(),
      username: gateway.username ?? "",
      password: gateway.password ?? "",
    };
  }
}

/** As it stands in a URL. */
function escaped(filling: Filling): Filling {
  const { username, sender } = filling;
  return {
    ...filling,
    username: encodeURIComponent(String(username)),
    sender: encodeURIComponent(String(sender)),
  };
}
