import { TerminalError } from "../terminal-error.js";

/** No apt, dpkg or flock: not a Debian, or one stripped of them. */
export class NoDebianToolsError extends TerminalError {
  constructor(tool: string) {
    super(
      "no_debian_tools",
      `Cannot fetch programs by itself: this machine has no ${tool}. It works on Debian 12 and later. Elsewhere ` +
        "install Asterisk 22.10.1 or later as /usr/sbin/asterisk, or set HONNIN_ARI_URL to one that runs.",
      `${tool} がありません。Debian 12 以降で動かすか、Asterisk を用意して HONNIN_ARI_URL を設定してください。`,
    );
  }
}

export class UnsupportedArchitectureError extends TerminalError {
  constructor(architecture: string) {
    super(
      "unsupported_architecture",
      `Cannot fetch programs by itself for a ${architecture} machine: amd64 and arm64 are known.`,
      `このCPU (${architecture}) には対応していません。amd64 か arm64 が必要です。`,
    );
  }
}

/** apt on this machine knows no Debian mirror. */
export class NoDebianMirrorError extends TerminalError {
  constructor(missing: string) {
    super(
      "no_debian_mirror",
      `Cannot fetch programs by itself: ${missing}.`,
      "apt に Debian のミラーが設定されていないか、apt-get update がまだ実行されていません。/etc/apt を確認してください。",
    );
  }
}

/** Reached a mirror, but nothing there is new enough, or nothing was reached: one line a suite. */
export class NoCandidateError extends TerminalError {
  constructor(packageName: string, minVersion: string | null, verdicts: readonly string[]) {
    const wanted = minVersion === null ? packageName : `${packageName} ${minVersion} or later`;
    super(
      "no_candidate_package",
      `Found no ${wanted} on the Debian mirror of this machine:\n${verdicts.map((line) => `  ${line}`).join("\n")}`,
      `Debian のミラーに ${packageName} の十分新しい版が見つかりません。ネットワークと apt の設定を確認してください。`,
    );
  }
}

export class DiskSpaceError extends TerminalError {
  constructor(dir: string, neededMb: number, freeMb: number) {
    super(
      "disk_space",
      `Not enough room in ${dir}: ${String(neededMb)} MB needed, ${String(freeMb)} MB free. ` +
        "XDG_CACHE_HOME can point to another disk.",
      `ディスクの空きが足りません (必要 ${String(neededMb)} MB、空き ${String(freeMb)} MB)。`,
    );
  }
}

/** apt could not download, three times. */
export class DownloadError extends TerminalError {
  constructor(what: string, lastLines: string) {
    super(
      "download_failed",
      `Downloading ${what} failed three times. apt said:\n${lastLines}`,
      "ダウンロードに失敗しました。ネットワークを確認してください。",
    );
  }
}

/** The packages came, but the program in them does not run here. */
export class BrokenRootError extends TerminalError {
  constructor(program: string, why: string) {
    super(
      "broken_private_root",
      `${program} was fetched but does not run on this machine: ${why}`,
      `取得した ${program} がこのマシンで動きません。`,
    );
  }
}

/** Another process fetches and does not come to an end. */
export class LockTimeoutError extends TerminalError {
  constructor(path: string, seconds: number) {
    super(
      "lock_timeout",
      `Another process has held ${path} for ${String(seconds)} s; is a second set-up running?`,
      "別のセットアップが実行中のようです。終わってからやり直してください。",
    );
  }
}
