import { ensureAsterisk } from "./asterisk/asterisk-installation.js";
import { PROJECT_DIR } from "./project-dir.js";
import { ensureComponent, type ComponentOptions } from "./programs/components.js";

export interface SetupOptions extends ComponentOptions {
  /** False where Honnin drives an Asterisk of the user's own: then nothing is fetched but what follows. */
  readonly withAsterisk: boolean;
  /**
   * SIPp, Linphone, two browsers, PHP, Python, PostgreSQL, Prometheus, Kamailio, HAProxy, faketime, the programs of
   * systemd, and an Asterisk as older distributions have it, for the tests; and ffmpeg, which a service fetches when the
   * first recording is brought.
   */
  readonly withTestPhones: boolean;
}

/** The Asterisk that a service of this program would fetch when it starts; nothing where the machine has one. */
export async function fetchAsterisk(progress: (line: string) => void): Promise<void> {
  await ensureAsterisk({ projectDir: PROJECT_DIR, progress });
}

/** Fetches the programs of others that are missing; says nothing when none is. */
export async function setUpPrograms(options: SetupOptions): Promise<void> {
  if (options.withAsterisk) {
    await ensureAsterisk(options);
    // The softphone of the demo, which brings an Asterisk of its own up as well.
    await ensureComponent("baresip", options);
  }
  if (!options.withTestPhones) return;
  await ensureComponent("sip-tester", options);
  await ensureComponent("linphone", options);
  await ensureComponent("asterisk16", options);
  await ensureComponent("chromium", options);
  await ensureComponent("firefox", options);
  await ensureComponent("ffmpeg", options);
  await ensureComponent("haproxy", options);
  await ensureComponent("kamailio", options);
  await ensureComponent("faketime", options);
  await ensureComponent("php", options);
  await ensureComponent("postgresql", options);
  await ensureComponent("prometheus", options);
  await ensureComponent("shells", options);
  await ensureComponent("python", options);
  await ensureComponent("systemd", options);
}
