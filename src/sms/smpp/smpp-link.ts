import type { Socket } from "node:net";
import { COMMAND, isKnownCommand, STATUS, statusName } from "./command.js";
import { cString, FieldReader } from "./fields.js";
import { encodePdu, type Pdu, PduReader, SmppProtocolError } from "./pdu.js";
import { PendingAnswers } from "./pending-answers.js";
import { errorCode } from "../../error-code.js";
import { openSocket, SmppLinkError, type SmppPlace } from "./smpp-socket.js";

export interface LinkOptions extends SmppPlace {
  readonly systemId: string;
  readonly password: string;
  readonly systemType: string;
  /** For the connection, the bind, and each answer. */
  readonly answerMs: number;
  /** After so long without a word the gateway is asked whether it is there. */
  readonly enquireMs: number;
  /** Of a deliver_sm: it is thanked for when this resolves, and asked for again when it rejects. */
  readonly onDelivered: (body: Buffer) => Promise<unknown>;
  readonly onClosed: (code: string) => void;
}

export interface SubmitAnswer {
  readonly status: number;
  /** null where it was refused, and where the gateway gave none. */
  readonly id: string | null;
}

const INTERFACE_VERSION = 0x34;
/** Messages that wait to be written down; what comes on top is asked to come again. */
const MOST_DELIVERING = 1_000;
/** Answers that a gateway does not read. */
const MOST_UNREAD_BYTES = 1_000_000;
const RESPONSE = 0x80000000;

/** One bound session with a gateway, SMPP 3.4 section 2.2, from its bind to its end. */
export class SmppLink {
  readonly #socket: Socket;
  readonly #options: LinkOptions;
  readonly #reader = new PduReader();
  readonly #pending = new PendingAnswers();
  #delivering = 0;
  #hasHeard = true;
  #enquiring: NodeJS.Timeout | undefined;
  #closedBy: string | null = null;

  /** @throws {SmppLinkError} */
  static async open(options: LinkOptions): Promise<SmppLink> {
    const link = new SmppLink(await openSocket(options, options.answerMs), options);
    try {
      await link.#bind();
    } catch (error) {
      const code = error instanceof SmppLinkError ? error.code : "failed";
      link.#end(code, false);
      throw error;
    }
    return link;
  }

  private constructor(socket: Socket, options: LinkOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.removeAllListeners("error").removeAllListeners("close");
    socket.on("data", (chunk) => {
      this.#read(chunk);
    });
    socket.on("error", (error) => {
      this.#end(errorCode(error) ?? "failed", true);
    });
    socket.on("close", () => {
      this.#end("closed", true);
    });
  }

  /**
   * Resolves with the gateway's answer.
   *
   * @throws {SmppLinkError} when there is none in time or ever: it may have been taken all the same.
   */
  async submit(body: Buffer): Promise<SubmitAnswer> {
    try {
      const { status, command, body: answer } = await this.#request(COMMAND.submitSm, body);
      if (status !== STATUS.ok) return { status, id: null };
      // No status of its own says that a generic_nack is a refusal.
      if (command === COMMAND.genericNack) return { status: STATUS.systemError, id: null };
      return { status, id: answer.length === 0 ? null : new FieldReader(answer).cString(65) || null };
    } catch (error) {
      if (error instanceof SmppProtocolError) this.#garbage(error);
      else if (this.#closedBy === null) void this.#enquire();
      throw error instanceof SmppLinkError ? error : new SmppLinkError("protocol_error", { cause: error });
    }
  }

  /** Says good-bye and ends. */
  async close(): Promise<void> {
    if (this.#closedBy !== null) return;
    try {
      await this.#request(COMMAND.unbind, Buffer.alloc(0));
    } catch {
      // It ends without its good-bye.
    }
    this.#end("unbound", true);
  }

  async #bind(): Promise<void> {
    const { systemId, password, systemType, enquireMs } = this.#options;
    const login = [cString(systemId), cString(password), cString(systemType)];
    const body = Buffer.concat([...login, Buffer.from([INTERFACE_VERSION, 0, 0]), cString("")]);
    const { status, command } = await this.#request(COMMAND.bindTransceiver, body);
    if (status !== STATUS.ok || command === COMMAND.genericNack) throw new SmppLinkError(statusName(status));
    this.#enquiring = setInterval(() => {
      if (!this.#hasHeard) void this.#enquire();
      this.#hasHeard = false;
    }, enquireMs);
  }

  async #enquire(): Promise<void> {
    try {
      await this.#request(COMMAND.enquireLink, Buffer.alloc(0));
    } catch (error) {
      this.#end(error instanceof SmppLinkError && error.code === "timeout" ? "silent" : "closed", true);
    }
  }

  /** @throws {SmppLinkError} */
  #request(command: number, body: Buffer): Promise<Pdu> {
    if (this.#closedBy !== null) return Promise.reject(new SmppLinkError(this.#closedBy));
    const sequence = this.#pending.nextSequence();
    const answer = this.#pending.wait(sequence, (command | RESPONSE) >>> 0, this.#options.answerMs);
    this.#write({ command, status: STATUS.ok, sequence, body });
    return answer;
  }

  #write(pdu: Pdu): void {
    if (this.#closedBy !== null) return;
    this.#socket.write(encodePdu(pdu));
    if (this.#socket.writableLength > MOST_UNREAD_BYTES) this.#end("not_read", true);
  }

  #read(chunk: Buffer): void {
    this.#hasHeard = true;
    try {
      for (const pdu of this.#reader.read(chunk)) {
        if (this.#closedBy !== null) return;
        this.#take(pdu);
      }
    } catch (error) {
      if (!(error instanceof SmppProtocolError)) throw error;
      this.#garbage(error);
    }
  }

  /** @throws {SmppProtocolError} */
  #take(pdu: Pdu): void {
    const { command, sequence } = pdu;
    if (!isKnownCommand(command)) throw new SmppProtocolError("a command that there is not");
    if (command >= RESPONSE) {
      if (!this.#pending.answered(pdu, command === COMMAND.genericNack))
        throw new SmppProtocolError("an answer to something else");
      return;
    }
    switch (command) {
      case COMMAND.deliverSm:
        void this.#deliver(pdu);
        return;
      case COMMAND.enquireLink:
        this.#answer(pdu, STATUS.ok);
        return;
      case COMMAND.unbind:
        this.#answer(pdu, STATUS.ok);
        this.#end("unbound_by_gateway", true);
        return;
      case COMMAND.alertNotification:
        return;
      default:
        this.#write({
          command: COMMAND.genericNack,
          status: STATUS.invalidCommand,
          sequence,
          body: Buffer.alloc(0),
        });
    }
  }

  async #deliver(pdu: Pdu): Promise<void> {
    if (this.#delivering >= MOST_DELIVERING) {
      this.#answer(pdu, STATUS.messageQueueFull);
      return;
    }
    this.#delivering += 1;
    try {
      await this.#options.onDelivered(pdu.body);
      this.#answer(pdu, STATUS.ok);
    } catch (error) {
      if (error instanceof SmppProtocolError) this.#garbage(error);
      else this.#answer(pdu, STATUS.temporaryReceiverError);
    } finally {
      this.#delivering -= 1;
    }
  }

  #answer({ command, sequence }: Pdu, status: number): void {
    // message_id of deliver_sm_resp is unused and empty, section 4.6.2.
    const body = command === COMMAND.deliverSm ? cString("") : Buffer.alloc(0);
    this.#write({ command: (command | RESPONSE) >>> 0, status, sequence, body });
  }

  #garbage({ message }: SmppProtocolError): void {
    const status = message.startsWith("a length") ? STATUS.invalidCommandLength : STATUS.invalidCommand;
    this.#write({ command: COMMAND.genericNack, status, sequence: 0, body: Buffer.alloc(0) });
    this.#end("protocol_error", true);
  }

  #end(code: string, isTold: boolean): void {
    if (this.#closedBy !== null) return;
    this.#closedBy = code;
    clearInterval(this.#enquiring);
    this.#socket.destroySoon();
    // What it still has to say is not read: nothing of it could be answered.
    this.#socket.removeAllListeners("data").resume();
    const force = setTimeout(() => this.#socket.destroy(), this.#options.answerMs);
    this.#socket.once("close", () => {
      clearTimeout(force);
    });
    this.#pending.end(code);
    if (isTold) this.#options.onClosed(code);
  }
}
