import { writeFileSync } from "node:fs";
import path from "node:path";
import { generate } from "selfsigned";
import { tempDir } from "../support/temp-dir.js";

/** A certificate for the name localhost, by itself, and the file by which it is trusted. */
export interface TestTls {
  readonly key: string;
  readonly cert: string;
  readonly caFile: string;
  remove(): Promise<void>;
}

export async function testTls(): Promise<TestTls> {
  const dir = await tempDir();
  const pair = await generate([{ name: "commonName", value: "localhost" }], {
    keyType: "ec",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 2, value: "localhost" }] },
    ],
  });
  const caFile = path.join(dir.path, "ca.pem");
  writeFileSync(caFile, pair.cert);
  return { key: pair.private, cert: pair.cert, caFile, remove: dir.remove };
}
