/** How a gateway for SMS stands at this moment. */
export interface GatewayStanding {
  readonly name: string;
  /** `down`: no link. `resting`: it has failed, and the next ones are preferred for a while. */
  readonly state: "up" | "down" | "resting";
  /** The word of the last failure: a status of SMPP or HTTP, or what Node calls it; null: none, or it is over. */
  readonly why: string | null;
}
