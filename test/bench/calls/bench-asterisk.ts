import { appendFile, cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type BundledAsterisk, prepareBundledAsterisk } from "../../../src/asterisk/bundled-asterisk.js";
import { PROJECT_DIR } from "../../phones/programs.js";
import { KEYS, PROMPTS_AFTER, PROMPTS_BEFORE } from "./conversation.js";

/** Where calls arrive: the dialplan alone, or an application over ARI. */
export const DID_DIALPLAN = "0312340000";
export const DID_STASIS = "0312340001";

export interface BenchAsterisk extends BundledAsterisk {
  readonly soundsDir: string;
  readonly spoolDir: string;
}

/** Honnin's Asterisk, with the same settings, and a dialplan for the contenders that are not Honnin. */
export async function startBenchAsterisk(trunkPort: number): Promise<BenchAsterisk> {
  const dir = await mkdtemp(path.join(tmpdir(), "honnin-bench-"));
  const projectDir = path.join(dir, "project");
  await mkdir(projectDir);
  await symlink(path.join(PROJECT_DIR, ".honnin"), path.join(projectDir, ".honnin"));
  const config = path.join(projectDir, "asterisk-config");
  await cp(path.join(PROJECT_DIR, "asterisk-config"), config, { recursive: true });
  await appendFile(path.join(config, "modules.conf"), "\nload = app_read.so\nload = pbx_spool.so\n");
  await appendFile(path.join(config, "extensions.conf"), dialplan(path.join(PROJECT_DIR, "sounds")));
  const soundsDir = path.join(PROJECT_DIR, "sounds");
  const asterisk = await prepareBundledAsterisk({
    dataDir: path.join(dir, "data"),
    projectDir,
    soundsDir,
    sipHost: "127.0.0.1",
    sipPort: 0,
    trunks: [{ name: "trunk", uri: `sip:127.0.0.1:${trunkPort}` }],
    dids: [],
    maxCalls: 5_000,
    progress: () => undefined,
    log: (level, line) => {
      if (level === "error") console.error(line);
    },
  });
  await asterisk.start();
  return {
    ...asterisk,
    soundsDir,
    spoolDir: path.join(dir, "data", "asterisk", "state", "spool"),
    get pid() {
      return asterisk.pid;
    },
    stop: async () => {
      await asterisk.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function dialplan(soundsDir: string): string {
  const files = (ids: readonly string[]): string => ids.map((id) => `${soundsDir}/ja/${id}`).join("&");
  return `
[from-trunk](+)
exten => ${DID_DIALPLAN},1,Goto(bench-dialplan,s,1)
exten => ${DID_STASIS},1,Stasis(bench)
 same => n,Hangup()

[bench-dialplan]
exten => s,1,Answer()
 same => n,Read(ENTERED,${files(PROMPTS_BEFORE)},${KEYS.length},,1,8)
 same => n,GotoIf($["\${ENTERED}" != "${KEYS}"]?wrong)
 same => n,Playback(${files(PROMPTS_AFTER)})
 same => n(wrong),Hangup()
`;
}
