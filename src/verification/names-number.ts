import type { E164 } from "./phone-number.js";

/** Whether a text has a number in it, however it is spelled: with or without the country, full width, punctuated. */
export function namesNumber(number: E164): (text: string) => boolean {
  // A Japanese number without its country or its 0.
  const significant = number.startsWith("+81") ? number.slice(3) : number.slice(1);
  return (text) => {
    const runs = text.normalize("NFKC").match(/[+\d][\d()./\s‐-―−ー-]*/g) ?? [];
    return runs.some((run) => run.replace(/\D/g, "").includes(significant));
  };
}
