/** One series of a scrape: `honnin_ready`, or `honnin_trouble{trouble="disk"}`. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const LINE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/;

/** What Prometheus reads out of a text in its format. @throws {Error} for a line that it would not take. */
export function samplesOf(text: string): Sample[] {
  return text
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => {
      const [, name, labels = "", value] = LINE.exec(line) ?? [];
      if (name === undefined) throw new Error(`no line of the format: ${line}`);
      const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, said]) => [key, said]);
      return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
    });
}

/** A scrape of a running service. */
export class Scrape {
  readonly text: string;
  readonly samples: readonly Sample[];

  private constructor(text: string) {
    this.text = text;
    this.samples = samplesOf(text);
  }

  static async of(opsPort: number): Promise<Scrape> {
    const response = await fetch(`http://127.0.0.1:${String(opsPort)}/metrics`);
    if (response.status !== 200) throw new Error(`/metrics: ${String(response.status)}`);
    return new Scrape(await response.text());
  }

  /** Names of all families: with a type, whether they have a value yet or not. */
  get families(): Set<string> {
    return new Set([...this.text.matchAll(/^# TYPE (\S+) /gm)].map(([, name = ""]) => name));
  }

  /** The sum of those that have these labels; undefined: there is none. */
  value(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
    const fitting = this.samples.filter(
      (sample) =>
        sample.name === name && Object.entries(labels).every(([key, said]) => sample.labels[key] === said),
    );
    return fitting.length === 0 ? undefined : fitting.reduce((sum, { value }) => sum + value, 0);
  }
}
