import { writeFile } from "node:fs/promises";
import path from "node:path";
import { tempDir } from "../support/temp-dir.js";
import { CallService } from "./call-service.js";

/** Plays with a service whose `honnin.yaml` has this list of trunks. @param trunks as YAML, or as values for it. */
export async function withTrunks(
  trunks: string | readonly Readonly<Record<string, unknown>>[],
  play: (calls: CallService) => Promise<void>,
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { calls, stop } = await serviceWithTrunks(trunks, env);
  try {
    await play(calls);
  } finally {
    await stop();
  }
}

/** The same for a test that ends it by itself. */
export async function serviceWithTrunks(
  trunks: string | readonly Readonly<Record<string, unknown>>[],
  env: Readonly<Record<string, string>> = {},
): Promise<{ calls: CallService; stop: () => Promise<void> }> {
  const dir = await tempDir();
  const file = path.join(dir.path, "honnin.yaml");
  // JSON is YAML.
  await writeFile(file, typeof trunks === "string" ? trunks : `trunks: ${JSON.stringify(trunks)}\n`);
  const calls = await CallService.start({
    // The short form is for those who have no list.
    ...{ HONNIN_TRUNK_URI: "", HONNIN_TRUNK_MAX_CPS: "" },
    HONNIN_CONFIG: file,
    ...env,
  });
  return {
    calls,
    stop: async () => {
      await calls.stop();
      await dir.remove();
    },
  };
}
