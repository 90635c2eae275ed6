import { mkdir, open, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";

export interface BaresipConfig {
  /** Holds the configuration; recordings go to `heard/` in it. */
  readonly workDir: string;
  readonly moduleDir: string;
  /** TCP, on loopback. */
  readonly controlPort: number;
}

/** The microphone: longer than any call, since baresip stops sending (keys too) at the end of its file. */
const SILENCE_S = 900;
const BYTES_PER_S = 16_000;

/** Where baresip's `sndfile` module writes what it hears: one `dump-…-dec.wav` a call. */
export function recordingDir(workDir: string): string {
  return join(workDir, "heard");
}

/** Writes all that baresip reads at its start. The account is not among it: it comes by the control port. */
export async function writeBaresipConfig({ workDir, moduleDir, controlPort }: BaresipConfig): Promise<void> {
  const dir = resolve(workDir);
  await mkdir(recordingDir(dir), { recursive: true });
  const microphone = join(dir, "silence.wav");
  await writeSilence(microphone);
  const lines = [
    // Loopback only, for signalling and sound; port 0 leaves the choice to the kernel.
    "sip_listen 127.0.0.1:0",
    "net_interface 127.0.0.1",
    "rtp_ports 20100-32500",
    `ctrl_tcp_listen 127.0.0.1:${controlPort}`,
    `module_path ${moduleDir}`,
    `audio_source aufile,${microphone}`,
    // Baresip 1.1 does not answer without a player; its file stays the loudspeaker's, unused. 1.0 has none and
    // does not mind. The recording is sndfile's, in both.
    `audio_player aufile,${join(dir, "loudspeaker.wav")}`,
    `snd_path ${recordingDir(dir)}`,
    "module g711.so",
    "module aufile.so",
    "module sndfile.so",
    "module_app account.so",
    "module_app menu.so",
    "module_app ctrl_tcp.so",
  ];
  await writeFile(join(dir, "config"), `${lines.join("\n")}\n`);
  // Without these two baresip writes examples and tells the user to edit them.
  await writeFile(join(dir, "accounts"), "");
  await writeFile(join(dir, "contacts"), "");
}

async function writeSilence(file: string): Promise<void> {
  const bytes = SILENCE_S * BYTES_PER_S;
  const header = Buffer.alloc(44);
  header.write("RIFF", 0);
  header.writeUInt32LE(36 + bytes, 4);
  header.write("WAVEfmt ", 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(8000, 24);
  header.writeUInt32LE(BYTES_PER_S, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write("data", 36);
  header.writeUInt32LE(bytes, 40);
  const handle = await open(file, "w");
  try {
    await handle.write(header);
    // A hole: a quarter of an hour of silence takes one block on the disk.
    await handle.truncate(44 + bytes);
  } finally {
    await handle.close();
  }
}
