import { Kamailio, type KamailioOptions } from "../support/kamailio.js";
import { type Scenario, Station, type StationOptions } from "./station.js";

/** Kamailio between a trunk at 127.0.0.1 and nodes at 127.0.0.11, 12 …; all that was started ends with it. */
export class Stage {
  readonly #stations: Station[] = [];
  #kamailio: Kamailio | undefined;

  get kamailio(): Kamailio {
    if (this.#kamailio === undefined) throw new Error("Kamailio was not started");
    return this.#kamailio;
  }

  async open(options: KamailioOptions): Promise<void> {
    this.#kamailio = await Kamailio.start(options);
  }

  /** Node 1 is at 127.0.0.11. */
  async node(number: number, scenario: Scenario, options: StationOptions = {}): Promise<Station> {
    const place = { host: hostOf(number), values: { name: `node${String(number)}`, ...options.values } };
    return this.station(scenario, { ...options, ...place });
  }

  /** Somebody at the trunk's address, unless another is given. */
  async station(scenario: Scenario, options: StationOptions = {}): Promise<Station> {
    const station = await Station.start(scenario, options);
    this.#stations.push(station);
    return station;
  }

  /** Somebody who calls by Kamailio. */
  async caller(scenario: Scenario, options: StationOptions = {}): Promise<Station> {
    return this.station(scenario, { via: this.kamailio.port, ...options });
  }

  async close(): Promise<void> {
    await Promise.all(this.#stations.map((station) => station.stop()));
    await this.#kamailio?.stop();
  }
}

export function hostOf(node: number): string {
  return `127.0.0.${String(10 + node)}`;
}
