/** UDP ports for the voice of calls that the bundled Asterisk has. */
export const RTP_PORTS = { start: 10_000, end: 19_999 };

/** One for RTP, one for RTCP. */
const PORTS_A_CALL = 2;

/** Calls that so many ports are enough for; a port that somebody else has may spoil a pair, which is not counted. */
export function callsWithPorts(ports: number): number {
  return Math.floor(ports / PORTS_A_CALL);
}

/** All of {@link RTP_PORTS}. */
export const RTP_PORT_COUNT = RTP_PORTS.end - RTP_PORTS.start + 1;
