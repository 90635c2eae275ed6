import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { setPriority } from "node:os";
import { basename } from "node:path";
import { type MessagePort, parentPort } from "node:worker_threads";

import { type Frame, type KeyPress, RtpEndpoint, type RtpListener } from "./rtp-endpoint.js";
import type { SoundPacket } from "./recording.js";

/** What a telephone has its RTP endpoint do. Each is answered with its number when it is done. */
export type MediaOrder =
  | { readonly order: "talk"; readonly address: string; readonly port: number }
  | { readonly order: "hush" }
  | { readonly order: "mute" }
  | { readonly order: "send"; readonly frames: readonly Frame[] }
  | { readonly order: "stall"; readonly ms: number }
  | { readonly order: "catchUp" }
  | { readonly order: "close" };

export type NumberedOrder = MediaOrder & { readonly nth: number };

/** What is told of an endpoint: everything of one turn of the loop at once, in the order in which it happened. */
export type MediaReport =
  | { readonly is: "sound"; readonly packet: SoundPacket }
  | { readonly is: "key"; readonly key: string }
  | { readonly is: "press"; readonly nth: number; readonly press: KeyPress }
  | { readonly is: "done"; readonly nth: number; readonly error?: string };

/** What a thread is given of each endpoint that it is to open. */
export interface MediaLine {
  readonly line: MessagePort;
  readonly telephoneEventType: number;
}

/** Opens an endpoint and says its port, or why there is none; then tells of it, and takes its orders. */
async function serve({ line, telephoneEventType }: MediaLine): Promise<void> {
  let reports: MediaReport[] = [];
  const tell = (report: MediaReport): void => {
    reports.push(report);
    if (reports.length > 1) return;
    setImmediate(() => {
      line.postMessage(reports);
      reports = [];
    });
  };
  const listener: RtpListener = {
    sound: (packet) => {
      tell({ is: "sound", packet });
    },
    key: (key) => {
      tell({ is: "key", key });
    },
    press: (nth, press) => {
      tell({ is: "press", nth, press });
    },
  };
  let endpoint: RtpEndpoint;
  try {
    endpoint = await RtpEndpoint.open(listener, { telephoneEventType });
  } catch (error) {
    // Of this telephone alone: the others of the thread have their calls.
    line.postMessage(textOf(error));
    line.close();
    return;
  }
  line.on("message", (order: NumberedOrder) => {
    carryOut(endpoint, order).then(
      () => {
        tell({ is: "done", nth: order.nth });
      },
      (error: unknown) => {
        tell({ is: "done", nth: order.nth, error: textOf(error) });
      },
    );
  });
  line.postMessage(endpoint.port);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function carryOut(endpoint: RtpEndpoint, order: MediaOrder): Promise<void> {
  switch (order.order) {
    case "talk":
      endpoint.talkTo(order.address, order.port);
      return;
    case "hush":
      endpoint.hush();
      return;
    case "mute":
      endpoint.mute();
      return;
    case "send":
      await endpoint.send(order.frames);
      return;
    case "stall":
      endpoint.stall(order.ms);
      return;
    case "catchUp":
      await endpoint.catchUp();
      return;
    case "close":
      await endpoint.close();
  }
}

/** A telephone of the field has a processor of its own. Where that is not permitted it is late like everything else. */
try {
  // 0: this thread alone, where no id would mean the main one.
  setPriority(0, -10);
  spawnSync("chrt", ["--rr", "--pid", "10", basename(readlinkSync("/proc/thread-self"))]);
} catch {
  // Not permitted.
}

parentPort?.on("message", (line: MediaLine) => void serve(line));
