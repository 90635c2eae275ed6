import { ensureComponent } from "../../programs/components.js";
import type { Decoder } from "../../prompts/decode.js";
import { programOnPath } from "../../prompts/program-on-path.js";
import { PROJECT_DIR } from "../../project-dir.js";
import { say } from "../output.js";

/** This machine's ffmpeg, which its own updates keep safe; else one of ours, fetched at the first need. */
export async function findDecoder(): Promise<Decoder> {
  const own = programOnPath("ffmpeg");
  if (own !== undefined) return { file: own, args: [] };
  const fetched = await ensureComponent("ffmpeg", { projectDir: PROJECT_DIR, progress: say });
  return fetched.command("usr/bin/ffmpeg");
}
