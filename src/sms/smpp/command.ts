/** Commands of SMPP 3.4 that are spoken here, section 5.1.2.1. An answer is the command with the highest bit set. */
export const COMMAND = {
  genericNack: 0x80000000,
  submitSm: 0x00000004,
  submitSmResp: 0x80000004,
  deliverSm: 0x00000005,
  deliverSmResp: 0x80000005,
  unbind: 0x00000006,
  unbindResp: 0x80000006,
  bindTransceiver: 0x00000009,
  bindTransceiverResp: 0x80000009,
  enquireLink: 0x00000015,
  enquireLinkResp: 0x80000015,
  alertNotification: 0x00000102,
} as const;

/** Others that the standard knows and that a gateway may try: they are refused, and the link stays. */
const OTHERS: readonly number[] = [0x1, 0x2, 0x3, 0x7, 0x8, 0xb, 0x21, 0x103, 0x111, 0x112, 0x113];

/** Whether the standard knows a command: one that it does not know says that the stream is out of step. */
export function isKnownCommand(command: number): boolean {
  const request = (command & 0x7fffffff) >>> 0;
  const ours: readonly number[] = Object.values(COMMAND);
  return ours.includes(command) || OTHERS.includes(request) || ours.includes(request);
}

/** Statuses, section 5.1.3. */
export const STATUS = {
  ok: 0x00,
  invalidCommandLength: 0x02,
  invalidCommand: 0x03,
  alreadyBound: 0x05,
  systemError: 0x08,
  messageQueueFull: 0x14,
  throttled: 0x58,
  temporaryReceiverError: 0x64,
} as const;

/** Names as the standard has them, for logs and events. */
const NAMES: Readonly<Record<number, string>> = {
  0x01: "ESME_RINVMSGLEN",
  0x02: "ESME_RINVCMDLEN",
  0x03: "ESME_RINVCMDID",
  0x04: "ESME_RINVBNDSTS",
  0x05: "ESME_RALYBND",
  0x08: "ESME_RSYSERR",
  0x0a: "ESME_RINVSRCADR",
  0x0b: "ESME_RINVDSTADR",
  0x0c: "ESME_RINVMSGID",
  0x0d: "ESME_RBINDFAIL",
  0x0e: "ESME_RINVPASWD",
  0x0f: "ESME_RINVSYSID",
  0x14: "ESME_RMSGQFUL",
  0x15: "ESME_RINVSERTYP",
  0x43: "ESME_RINVESMCLASS",
  0x45: "ESME_RSUBMITFAIL",
  0x48: "ESME_RINVSRCTON",
  0x49: "ESME_RINVSRCNPI",
  0x50: "ESME_RINVDSTTON",
  0x51: "ESME_RINVDSTNPI",
  0x53: "ESME_RINVSYSTYP",
  0x58: "ESME_RTHROTTLED",
  0x62: "ESME_RINVEXPIRY",
  0xc4: "ESME_RINVOPTPARAMVAL",
  0xff: "ESME_RUNKNOWNERR",
};

export function statusName(status: number): string {
  return NAMES[status] ?? `0x${status.toString(16).padStart(8, "0")}`;
}
