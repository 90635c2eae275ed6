import type { Command } from "../../src/programs/command.js";
import { fetched } from "../phones/programs.js";

/** A program of systemd, as Debian 13 has it. */
export async function systemdProgram(name: string): Promise<Command> {
  return (await fetched("systemd")).command(`usr/bin/${name}`);
}
