import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { freeUdpPort } from "../phones/ports.js";
import {
  audioAddress,
  cseqMethodOf,
  dialledNumber,
  header,
  isInDialog,
  methodOf,
  parseSip,
  type SipMessage,
} from "../phones/sip-message.js";
import { PATIENCE_MS, WaitingRoom } from "../phones/waiting.js";
import { type CallLog, CrowdCall, now, placeOf, render } from "./crowd-call.js";
import { codeOf, personAt } from "./people.js";

const HOST = "127.0.0.1";
/** The keys begin that long after the answer, within the guidance; milliseconds. */
const KEYS_AFTER_MS = 500;
/** Nobody leaves before he could have heard what became of it, on a machine that has nothing else to do. */
const LEAVES_AFTER_MS = 1_000;
const HESITATION_MS = 6_000;
const BUFFER_BYTES = 4 << 20;

/**
 * A carrier with people behind it by the thousand, on one port, with one more for the sound of them all, which nobody
 * hears. It keeps a log of every call that reaches it.
 */
export class Crowd {
  readonly port: number;
  /** In the order in which they came. */
  readonly calls: CallLog[] = [];
  /** How many there are at this moment, and the most that there were. */
  open = 0;
  most = 0;
  /** Those who answer wait for so long before they do. */
  answersAfterMs = 0;
  readonly #sip: Socket;
  readonly #rtp: Socket;
  readonly #talks = new Map<string, CrowdCall>();
  /** By where its sound comes from: its latest. */
  readonly #sounding = new Map<string, CrowdCall>();
  readonly #room = new WaitingRoom();

  private constructor(sip: Socket, rtp: Socket) {
    this.#sip = sip;
    this.#rtp = rtp;
    this.port = sip.address().port;
    sip.on("message", (bytes, from) => {
      const message = parseSip(bytes.toString());
      if (message !== undefined) this.#receive(message, from);
    });
    rtp.on("message", (_, from) => {
      this.#sounding.get(placeOf(from))?.heard();
    });
    for (const socket of [sip, rtp]) socket.on("error", () => undefined);
  }

  static async start(): Promise<Crowd> {
    const sockets = [createSocket("udp4"), createSocket("udp4")] as const;
    for (const socket of sockets) {
      socket.bind(await freeUdpPort(), HOST);
      await once(socket, "listening");
      try {
        socket.setRecvBufferSize(BUFFER_BYTES);
      } catch {
        // As much as the machine allows.
      }
    }
    return new Crowd(...sockets);
  }

  callsTo(number: string): readonly CallLog[] {
    return this.calls.filter((call) => call.number === number);
  }

  /** Waits for what is to be seen in the log. */
  until<Value>(condition: () => Value | undefined, what: string, ms = PATIENCE_MS): Promise<Value> {
    return this.#room.until(condition, ms, what);
  }

  /** Keys of whoever waits at that number. @param nth of the calls to it, from 1. */
  presses(number: string, keys: string, nth: number): void {
    this.#callTo(number, nth).presses(keys);
  }

  /** Waits until the nth call to that number is answered. */
  async answered(number: string, nth = 1, ms = PATIENCE_MS): Promise<void> {
    const answered = (): true | undefined =>
      typeof this.callsTo(number)[nth - 1]?.answeredAt === "number" || undefined;
    await this.#room.until(answered, ms, `call ${String(nth)} to ${number}`);
  }

  /** All that are still on the line at that number hang up: nobody may be there any more who would. */
  leave(number: string): void {
    for (const call of this.#talks.values())
      if (call.log.number === number && call.log.endedAt === null) call.hangsUp();
  }

  async stop(): Promise<void> {
    this.#room.close(new Error("the carrier was stopped"));
    for (const call of this.#talks.values()) call.close();
    for (const socket of [this.#sip, this.#rtp]) {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    }
  }

  #callTo(number: string, nth: number): CrowdCall {
    const found = [...this.#talks.values()].filter((call) => call.log.number === number)[nth - 1];
    if (found === undefined) throw new Error(`nobody was called at ${number}`);
    return found;
  }

  #receive(message: SipMessage, from: RemoteInfo): void {
    const call = this.#talks.get(header(message, "Call-ID") ?? "");
    switch (methodOf(message)) {
      case "INVITE":
        if (call === undefined) this.#invited(message, from);
        else call.again();
        break;
      case "ACK":
        call?.acknowledged();
        break;
      case "CANCEL":
        if (call === undefined) this.#answer(message, from, "481 No Such Call");
        else call.canceled(message);
        break;
      case "BYE":
        if (call === undefined) this.#answer(message, from, "481 No Such Call");
        else call.hungUpOn(message);
        break;
      case "OPTIONS":
        this.#answer(message, from, "200 OK");
        break;
      case undefined:
        if (cseqMethodOf(message) === "BYE") call?.byeAnswered();
        break;
      default:
    }
    this.#room.look();
  }

  #answer(request: SipMessage, from: RemoteInfo, status: string): void {
    this.#sip.send(render(request, status, "crowd"), from.port, HOST);
  }

  #invited(invite: SipMessage, from: RemoteInfo): void {
    if (isInDialog(invite)) {
      this.#answer(invite, from, "481 No Such Call");
      return;
    }
    const log: CallLog = {
      ...{ number: dialledNumber(invite) ?? "", invitedAt: now() },
      ...{ node: audioAddress(invite.body)?.address ?? "", answeredAt: null, endedAt: null, hungUpBy: null },
    };
    this.calls.push(log);
    this.open += 1;
    this.most = Math.max(this.most, this.open);
    const call = new CrowdCall(invite, log, from.port, this.#sip, this.#rtp, () => {
      this.open -= 1;
    });
    this.#talks.set(header(invite, "Call-ID") ?? "", call);
    this.#sounding.set(call.soundFrom, call);
    this.#takes(call);
  }

  #takes(call: CrowdCall): void {
    const code = codeOf(call.log.number);
    const keysAndLeaves = (keys: string) => (): void => {
      call.after(KEYS_AFTER_MS, () => {
        call.presses(keys, () => {
          call.after(LEAVES_AFTER_MS, () => {
            call.hangsUp();
          });
        });
      });
    };
    const answers = (then: () => void): void => {
      call.rings();
      call.after(this.answersAfterMs, () => {
        call.picksUp(then);
      });
    };
    switch (personAt(call.log.number)) {
      case "busy":
        call.refuses("486 Busy Here");
        return;
      case "unreachable":
        call.refuses("480 Temporarily Unavailable");
        return;
      case "declines":
        call.rings();
        call.after(KEYS_AFTER_MS, () => {
          call.refuses("603 Decline");
        });
        return;
      case "keys":
        answers(keysAndLeaves(code));
        return;
      case "errs":
        answers(keysAndLeaves(wrong(code)));
        return;
      case "leaves":
        answers(() => {
          call.hangsUp();
        });
        return;
      case "hesitates":
        // Whoever has called him hangs up, when all has been said.
        answers(() => {
          call.after(HESITATION_MS, () => {
            call.presses(code);
          });
        });
        return;
      case "waits":
        answers(() => undefined);
        return;
      case "absent":
        call.rings();
        return;
      case undefined:
        call.refuses("404 Not Found");
    }
  }
}

function wrong(code: string): string {
  return `${code.slice(0, -1)}${String((Number(code.at(-1)) + 1) % 10)}`;
}
