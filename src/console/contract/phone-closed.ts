/** Why the relay closed the WebSocket of a telephone; of the range that applications may use (RFC 6455 section 7.4.2). */
export const PHONE_CLOSED = { sessionOver: 4401, idle: 4408, takenOver: 4409 } as const;
