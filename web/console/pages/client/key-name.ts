import type { ShownKey } from "../../../../src/console/contract/clients.js";

export function nameOf({ label, id }: ShownKey): string {
  return label === "" ? id : label;
}
