/** What the relay closes where another window registers the same telephone. */
interface Registered {
  takenOver(): void;
}

/** Which browser is which telephone: the latest to register, as Asterisk has it. */
export class Registrations {
  readonly #inBrowser: Set<string>;
  readonly #sockets = new Map<string, Registered>();

  /** @param inBrowser kept up to date. */
  constructor(inBrowser: Set<string>) {
    this.#inBrowser = inBrowser;
  }

  /** @param message that Asterisk sends to this browser. */
  note(message: string, socket: Registered): void {
    const answer = readRegistration(message);
    if (answer === undefined) return;
    const { extension, isThere } = answer;
    const before = this.#sockets.get(extension);
    if (isThere) {
      this.#sockets.set(extension, socket);
      this.#inBrowser.add(extension);
      if (before !== undefined && before !== socket) before.takenOver();
    } else if (before === socket) {
      this.#end(extension);
    }
  }

  gone(socket: Registered): void {
    for (const [extension, holder] of this.#sockets) if (holder === socket) this.#end(extension);
  }

  #end(extension: string): void {
    this.#sockets.delete(extension);
    this.#inBrowser.delete(extension);
  }
}

interface RegistrationAnswer {
  readonly extension: string;
  /** False: its registration was taken back. */
  readonly isThere: boolean;
}

/** Undefined for whatever is no consent to a REGISTER. */
function readRegistration(message: string): RegistrationAnswer | undefined {
  if (!message.startsWith("SIP/2.0 200 ")) return undefined;
  const [head = ""] = message.split("\r\n\r\n", 1);
  if (!/^CSeq:\s*\d+\s+REGISTER\s*$/im.test(head)) return undefined;
  const extension = /^(?:To|t):.*<sips?:(\d{4})-browser@/im.exec(head)?.[1];
  return extension === undefined ? undefined : { extension, isThere: /^(?:Contact|m):/im.test(head) };
}
