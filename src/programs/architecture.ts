import { UnsupportedArchitectureError } from "./fetch-errors.js";

/** What Debian calls this kind of processor, and where its programs keep their libraries. */
export interface Architecture {
  readonly debian: "amd64" | "arm64";
  /** The multiarch triplet: libraries lie in `usr/lib/<triplet>`. */
  readonly triplet: string;
  /** The dynamic loader, as its ABI names it. */
  readonly loader: string;
}

export function architecture(arch: string = process.arch): Architecture {
  switch (arch) {
    case "x64":
      return { debian: "amd64", triplet: "x86_64-linux-gnu", loader: "ld-linux-x86-64.so.2" };
    case "arm64":
      return { debian: "arm64", triplet: "aarch64-linux-gnu", loader: "ld-linux-aarch64.so.1" };
    default:
      throw new UnsupportedArchitectureError(arch);
  }
}
