import { ensureComponent } from "../programs/components.js";
import { PROJECT_DIR } from "../project-dir.js";
import type { Decoder } from "../prompts/decode.js";
import { programOnPath } from "../prompts/program-on-path.js";

/**
 * This machine's ffmpeg, which its own updates keep safe; else one of ours, fetched at the first need.
 *
 * @param progress told of what is fetched.
 */
export async function findDecoder(progress: (line: string) => void): Promise<Decoder> {
  const own = programOnPath("ffmpeg");
  if (own !== undefined) return { file: own, args: [] };
  const fetched = await ensureComponent("ffmpeg", { projectDir: PROJECT_DIR, progress });
  return fetched.command("usr/bin/ffmpeg");
}
