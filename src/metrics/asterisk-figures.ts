/** What Asterisk tells of itself on its command line; what a table does not have is left out. */
export interface AsteriskFigures {
  readonly channels: number | null;
  readonly uptimeSeconds: number | null;
  readonly taskprocessors: TaskprocessorFigures | null;
  /** Trunks that are asked by OPTIONS whether they are there. */
  readonly contacts: readonly ContactFigures[];
}

/** Of all of Asterisk's internal queues together: there are hundreds, and their names have numbers in them. */
interface TaskprocessorFigures {
  readonly queues: number;
  readonly processed: number;
  readonly waiting: number;
  /** Queues that have more waiting than Asterisk itself holds good: it slows its SIP then. */
  readonly overloaded: number;
}

interface ContactFigures {
  /** Its name, as in the settings. */
  readonly trunk: string;
  readonly reachable: boolean;
  /** Null: it does not answer. */
  readonly roundTripSeconds: number | null;
}

/** Commands in this order; see {@link readFigures}. */
export const FIGURE_COMMANDS = [
  "core show channels count",
  "core show uptime seconds",
  "core show taskprocessors",
  "pjsip show contacts",
] as const;

/** @param answers to {@link FIGURE_COMMANDS}. */
export function readFigures([
  channels = "",
  uptime = "",
  queues = "",
  contacts = "",
]: readonly string[]): AsteriskFigures {
  return {
    channels: numberIn(/^(\d+) active channels?/m, channels),
    uptimeSeconds: numberIn(/^System uptime: (\d+)/m, uptime),
    taskprocessors: readTaskprocessors(queues),
    contacts: readContacts(contacts),
  };
}

function numberIn(pattern: RegExp, text: string): number | null {
  const [, digits] = pattern.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}

/** `name  processed  in-queue  max-depth  low-water  high-water  …` */
const QUEUE = /^\S.*?\s+(\d+)\s+(\d+)\s+\d+\s+\d+\s+(\d+)\s/;

function readTaskprocessors(table: string): TaskprocessorFigures | null {
  const rows = table.split("\n").flatMap((line) => {
    const [, processed, waiting, high] = QUEUE.exec(`${line} `) ?? [];
    return processed === undefined
      ? []
      : [{ processed: +processed, waiting: Number(waiting), high: Number(high) }];
  });
  if (rows.length === 0) return null;
  return {
    queues: rows.length,
    processed: rows.reduce((sum, row) => sum + row.processed, 0),
    waiting: rows.reduce((sum, row) => sum + row.waiting, 0),
    overloaded: rows.filter(({ waiting, high }) => high > 0 && waiting >= high).length,
  };
}

/** `Contact:  trunk-contact/sip:192.0.2.1:5060 8e33ad7aa7 Avail  12.345`; one that is not asked is `NonQual`. */
const CONTACT = /^\s*Contact:\s+(\S+?)(?:-contact)?\/\S+\s+\S+\s+(Avail|Unavail)\s+(\S+)/;

function readContacts(table: string): ContactFigures[] {
  return table.split("\n").flatMap((line) => {
    const [, trunk, state, milliseconds] = CONTACT.exec(line) ?? [];
    if (trunk === undefined) return [];
    const reachable = state === "Avail";
    const roundTrip = Number(milliseconds) / 1000;
    return [{ trunk, reachable, roundTripSeconds: reachable && roundTrip >= 0 ? roundTrip : null }];
  });
}
