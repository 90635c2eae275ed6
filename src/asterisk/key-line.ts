/** What a line of Asterisk's log tells of a key. */
export interface KeyLine {
  /** The channel's name: `PJSIP/trunk-0000002a`. */
  readonly channel: string;
  readonly digit: string;
  /** Null: the key's beginning is told, not its end. */
  readonly durationMs: number | null;
}

const OF_KEYS = /^(?:\[[^\]]*\] )?DTMF\[\d+\]/;
/** `ast_log(LOG_DTMF, …)` in `__ast_read` of main/channel.c, the same from 16 to 22. */
const TOLD = /: DTMF (?:begin '(.)' received on (\S+)|end '(.)' received on (\S+), duration (\d+) ms)$/;

/** Whether a line is of the level at which keys are told: it names digits, and is for no log. */
export function isOfKeys(line: string): boolean {
  return OF_KEYS.test(line);
}

/** @param line for which {@link isOfKeys}. @returns undefined when it tells what Asterisk made of a key it has told of. */
export function readKeyLine(line: string): KeyLine | undefined {
  const [, begun, beginsOn, ended, endsOn, durationMs] = TOLD.exec(line) ?? [];
  if (begun !== undefined && beginsOn !== undefined)
    return { channel: beginsOn, digit: begun, durationMs: null };
  if (ended === undefined || endsOn === undefined) return undefined;
  return { channel: endsOn, digit: ended, durationMs: Number(durationMs) };
}
