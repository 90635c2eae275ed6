import type { FindingTable } from "./finding.js";

export const PORT_FINDINGS = {
  "port-taken": {
    severity: "error",
    what: { ja: "ポートが、ほかのプログラムに使われています。", en: "Another program has a port of ours." },
    cause: {
      ja: "示されたプログラムが待ち受けています。コンソール以外のポートでは、サービスは起動しません。",
      en: "The program that is named listens there. Without one of them, the console's apart, the service does not start.",
    },
    remedy: {
      ja: "そのプログラムを止めるか、示された設定で別のポートを指定してください。",
      en: "Stop that program, or set another port by the setting that is named.",
    },
  },
  "port-not-permitted": {
    severity: "error",
    what: { ja: "ポートを使う権限がありません。", en: "A port may not be used." },
    cause: {
      ja: "1024 未満のポートには、管理者の権限が必要です。",
      en: "Ports below 1024 take rights of an administrator.",
    },
    remedy: {
      ja: "1024 以上のポートにするか、systemd のユニットに `AmbientCapabilities=CAP_NET_BIND_SERVICE` を設定してください。",
      en: "Set one from 1024 on, or `AmbientCapabilities=CAP_NET_BIND_SERVICE` in the unit of systemd.",
    },
  },
  "address-not-here": {
    severity: "error",
    what: {
      ja: "待ち受けるアドレスが、このマシンにありません。",
      en: "An address to listen at is none of this machine.",
    },
    cause: {
      ja: "アドレスの誤りか、ネットワークの設定が変わっています。サービスは起動しません。",
      en: "It is wrong, or the network has changed. The service does not start so.",
    },
    remedy: {
      ja: "`ip address` で確かめ、示された設定を直してください。",
      en: "Look with `ip address`, and mend the setting that is named.",
    },
  },
  "rtp-ports-taken": {
    severity: "warning",
    what: { ja: "音声用のポートが足りません。", en: "Too few ports for voice are free." },
    cause: {
      ja: "ほかのプログラムが UDP 10000〜19999 を使っているため、同時通話数の上限まで通話できません。",
      en: "Other programs have so many of UDP 10000-19999 that not all calls could have theirs.",
    },
    remedy: {
      ja: "示された範囲を使うプログラムを移すか、HONNIN_TRUNK_MAX_CALLS を減らしてください。",
      en: "Move the programs that use them, or lower HONNIN_TRUNK_MAX_CALLS.",
    },
  },
} as const satisfies FindingTable;
