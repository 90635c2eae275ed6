import { randomBytes } from "node:crypto";
import { ensurePrivateFile } from "./secret-file.js";
import type { TestPhone } from "./render-configuration.js";

const NAMES = ["1001", "1002"];

/** The accounts of the test telephones; passwords are made on the first start and kept in this file. */
export async function ensureTestPhones(path: string): Promise<TestPhone[]> {
  const text = await ensurePrivateFile(path, () => {
    const phones = NAMES.map((name) => ({ name, password: randomBytes(18).toString("base64url") }));
    return `${JSON.stringify(phones, null, 2)}\n`;
  });
  return JSON.parse(text) as TestPhone[];
}
