import { writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { registrarOf } from "../trunks/contact.js";
import type { Trunk } from "../trunks/trunk.js";
import type { LogLevel } from "./output-log.js";

/** Included by pjsip.conf: empty when Asterisk starts. */
export const TURNS_FILE = "pjsip-registrations.conf";
/** Carriers are known that take one a second; what is sent a second apart may arrive closer. */
const EVERY_MS = 2_000;

/**
 * When each trunk registers, of those that do: the first at each registrar when Asterisk starts (0), the second a turn
 * later. By trunk.
 */
export function turnsOf(trunks: readonly Trunk[]): ReadonlyMap<string, number> {
  const taken = new Map<string, number>();
  const turns = new Map<string, number>();
  for (const trunk of trunks.filter(({ register }) => register)) {
    const registrar = registrarOf(trunk);
    const turn = taken.get(registrar) ?? 0;
    taken.set(registrar, turn + 1);
    turns.set(trunk.name, turn);
  }
  return turns;
}

interface TurnsOptions {
  /** See {@link TURNS_FILE}, with its path. */
  readonly file: string;
  /** Sections of the first turn after the start, and of those that follow it. */
  readonly texts: readonly string[];
  /** Asks Asterisk. */
  readonly ask: (command: string) => Promise<string>;
  readonly log: (level: LogLevel, line: string) => void;
  readonly everyMs?: number;
}

/**
 * Has Asterisk register at one registrar one trunk after another. By itself it begins all at once, or each a number of
 * whole seconds later that it draws; what is added to its configuration it registers when it is told to read that again,
 * and what it knew before it leaves as it is. From then on each goes on from its own beginning, at the same intervals,
 * so that they stay apart.
 */
export class RegistrationTurns {
  readonly #options: TurnsOptions;
  #run = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(options: TurnsOptions) {
    this.#options = options;
  }

  /** Before each start of Asterisk: those that wait for their turn are not there yet. */
  async reset(): Promise<void> {
    await this.stop();
    if (this.#options.texts.length > 0) await this.#write(0);
  }

  /** When Asterisk has started. */
  begin(): void {
    const { signal } = (this.#run = new AbortController());
    this.#running = this.#goOn(signal).catch((error: unknown) => {
      // It ended meanwhile, and begins anew.
      if (!signal.aborted)
        this.#options.log("debug", `registrations wait for the next start: ${String(error)}`);
    });
  }

  async stop(): Promise<void> {
    this.#run.abort();
    await this.#running;
  }

  async #goOn(signal: AbortSignal): Promise<void> {
    const { texts, ask, everyMs = EVERY_MS } = this.#options;
    for (let turn = 1; turn <= texts.length; turn += 1) {
      await delay(everyMs, undefined, { signal });
      await this.#write(turn);
      await ask("module reload res_pjsip_outbound_registration.so");
    }
  }

  async #write(turns: number): Promise<void> {
    await writeFile(this.#options.file, this.#options.texts.slice(0, turns).join("\n"), { mode: 0o600 });
  }
}
