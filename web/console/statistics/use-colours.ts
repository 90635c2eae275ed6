import { useEffect, useState } from "preact/hooks";
import { theme } from "../theme.js";

/** Another value whenever the colours of the page are others: by choice, or by the device's. */
export function useColours(): string {
  const [dark] = useState(() => matchMedia("(prefers-color-scheme: dark)"));
  const [isDark, setDark] = useState(dark.matches);
  useEffect(() => {
    const look = (): void => {
      setDark(dark.matches);
    };
    dark.addEventListener("change", look);
    return () => {
      dark.removeEventListener("change", look);
    };
  }, []);
  return `${theme.value} ${String(isDark)}`;
}
