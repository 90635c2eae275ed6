import { spawnSync } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const PROJECT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..", "..");

/** Talk goes to standard error: standard output is for the name of the package. */
export function say(line) {
  console.error(`package: ${line}`);
}

/** What a program prints; ends the packing where it fails. */
export function output(file, args) {
  const { status, stdout } = spawnSync(file, args, { cwd: PROJECT, stdio: ["ignore", "pipe", 2] });
  if (status !== 0) {
    say(`${file} ended with ${status}`);
    process.exit(1);
  }
  return stdout;
}

/** Runs a program to its end; ends the packing where it fails. */
export function run(file, args, env = {}) {
  const { status, error } = spawnSync(file, args, {
    cwd: PROJECT,
    env: { ...process.env, ...env },
    stdio: ["ignore", 2, 2],
  });
  if (error !== undefined) say(`cannot run ${file}: ${error.message}`);
  else if (status !== 0) say(`${file} ended with ${status}`);
  if (status !== 0) process.exit(1);
}
