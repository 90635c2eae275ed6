import type { AriConnection } from "../../src/ari/connection.js";
import type { AriEvent } from "../../src/ari/messages.js";
import { WaitingRoom } from "../phones/waiting.js";

/** Notes what a link tells, so that a test can wait for it whenever it comes. */
export class Happenings {
  readonly events: AriEvent[] = [];
  ups = 0;
  readonly downs: string[] = [];
  readonly #room = new WaitingRoom();

  constructor(ari: AriConnection) {
    ari.onStray((event) => {
      this.note(event);
    });
    ari.onUp(() => {
      this.ups += 1;
      this.#room.look();
    });
    ari.onDown((why) => {
      this.downs.push(why);
      this.#room.look();
    });
  }

  readonly note = (event: AriEvent): void => {
    this.events.push(event);
    this.#room.look();
  };

  async up(times: number, ms = 60_000): Promise<void> {
    await this.until(() => this.ups >= times, `link up ${times} times`, ms);
  }

  async down(times: number, ms = 60_000): Promise<void> {
    await this.until(() => this.downs.length >= times, `link down ${times} times`, ms);
  }

  async event(type: AriEvent["type"], ms = 60_000): Promise<void> {
    await this.until(() => this.events.some((event) => event.type === type), type, ms);
  }

  /** For what a counter tells: looked at whenever something happens here. */
  async until(condition: () => boolean, what: string, ms: number): Promise<void> {
    await this.#room.until(() => (condition() ? true : undefined), ms, what);
  }
}
