import type { Request } from "express";
import { FILE_MS, giveTime } from "../../../http/body-deadline.js";
import { tooLarge } from "../../../prompts/recordings.js";
import { RECORDING } from "../../../prompts/recording-limits.js";
import { Refusal } from "../../refusal.js";

/** At one time; each may hold 20 MB until its sound is made. */
const MOST = 3;

/** Recordings that come as the body of a request, few at one time and none larger than a recording may be. */
export class Uploads {
  #open = 0;

  /**
   * Reads a recording and has it worked on. What is too large is not kept to its end: neither what says so before it
   * comes, nor what grows past it. (What still comes is thrown away: a browser reads no answer before it has sent
   * everything, and is to learn why.)
   *
   * @throws {PromptRefusal} `file_too_large`
   * @throws {Refusal} `busy`, `unsupported_media_type`
   */
  async take(request: Request, work: (bytes: Buffer) => Promise<void>): Promise<void> {
    if (request.is("application/octet-stream") === false || request.get("content-encoding") !== undefined) {
      throw new Refusal("unsupported_media_type", "send application/octet-stream, uncompressed");
    }
    if (Number(request.get("content-length") ?? 0) > RECORDING.maxFileBytes) throw tooLarge();
    if (this.#open >= MOST) throw new Refusal("busy", "other recordings are being sent");
    this.#open += 1;
    giveTime(request, FILE_MS);
    try {
      await work(await read(request));
    } finally {
      this.#open -= 1;
    }
  }
}

function read(request: Request): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const broken = (): void => {
      reject(new Refusal("invalid_request", "the recording did not come to its end"));
    };
    // Who has gone already tells nobody so a second time.
    if (request.destroyed) {
      broken();
      return;
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= RECORDING.maxFileBytes) {
        chunks.push(chunk);
        return;
      }
      chunks.length = 0;
      reject(tooLarge());
    });
    request.once("end", () => {
      resolve(Buffer.concat(chunks));
    });
    request.once("error", broken);
    request.once("close", broken);
  });
}
