import type { Socket } from "node:dgram";

interface Address {
  readonly address: string;
  readonly port: number;
}

interface Packet {
  readonly bytes: Buffer;
  readonly to: Address;
}

/**
 * The way from a telephone to the other side: it holds packets up and delivers them out of their order. What it
 * carries was made in time, as a telephone's packets are, with numbers and timestamps in order.
 */
export class SlowNetwork {
  readonly #socket: Socket;
  /** What is held up; undefined: nothing is. */
  #held: Packet[] | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Each with the number of packets that go before it. */
  #overtaken: { readonly packet: Packet; behind: number }[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /**
   * Holds everything up for so long (ms) and then delivers it at once. While it does so already, nothing changes: some
   * 300 packets, three seconds of voice and keys, are as much as a socket takes in at once.
   */
  stall(ms: number): void {
    if (this.#held !== undefined) return;
    this.#held = [];
    this.#timer = setTimeout(() => {
      const held = this.#held ?? [];
      this.#held = undefined;
      for (const packet of held) this.#deliver(packet);
    }, ms);
  }

  /** @param behind so many that are sent after it arrive before it. */
  send(bytes: Buffer, to: Address, behind = 0): void {
    const packet = { bytes, to };
    if (behind > 0) {
      this.#overtaken.push({ packet, behind });
      return;
    }
    this.#deliver(packet);
    for (const late of this.#overtaken) late.behind -= 1;
    const due = this.#overtaken.filter((late) => late.behind === 0);
    this.#overtaken = this.#overtaken.filter((late) => late.behind > 0);
    for (const late of due) this.#deliver(late.packet);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #deliver(packet: Packet): void {
    if (this.#held === undefined) this.#socket.send(packet.bytes, packet.to.port, packet.to.address);
    else this.#held.push(packet);
  }
}
