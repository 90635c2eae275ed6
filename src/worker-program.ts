import { fileURLToPath } from "node:url";

/** What `new Worker(program, { eval })` takes. */
export interface WorkerProgram {
  readonly program: string;
  readonly eval: boolean;
}

/**
 * A program for a worker thread: bundled beside whoever asks, or among the sources, where it has to register tsx for
 * itself, which does not follow into workers on every Node.
 *
 * @param from `import.meta.url` of whoever asks.
 * @param name without the ending, beside it.
 */
export function workerProgram(from: string, name: string): WorkerProgram {
  if (!from.endsWith(".ts")) return { program: fileURLToPath(new URL(`./${name}.js`, from)), eval: false };
  const source = JSON.stringify(new URL(`./${name}.ts`, from).href);
  const program = `import("tsx/esm/api").then((tsx) => { tsx.register(); return import(${source}); });`;
  return { program, eval: true };
}
