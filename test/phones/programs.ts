import { fileURLToPath } from "node:url";

import type { Command } from "../../src/programs/command.js";
import { type Component, type ComponentName, findComponent } from "../../src/programs/components.js";

/** The clone: it notes where the programs were fetched to. */
export const PROJECT_DIR = fileURLToPath(new URL("../..", import.meta.url));

export async function sippProgram(): Promise<Command> {
  return program("sip-tester", "usr/bin/sipp");
}

export async function baresipProgram(): Promise<Command> {
  return program("baresip", "usr/bin/baresip");
}

async function program(component: ComponentName, path: string): Promise<Command> {
  return (await fetched(component)).command(path);
}

/** @throws {Error} when it was not fetched: a test that needs it fails, it is not skipped. */
export async function fetched(component: ComponentName): Promise<Component> {
  const found = await findComponent(component, PROJECT_DIR);
  if (!found) throw new Error(`${component} was not fetched yet: run "npm run setup -- --with-test-phones"`);
  return found;
}
