import type { VNode } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A sound that this page has, with the browser's own controls. */
export function SoundOfBlob({
  sound,
  label,
  autoplay = false,
}: {
  readonly sound: Blob;
  readonly label: string;
  readonly autoplay?: boolean;
}): VNode | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(sound);
    setUrl(made);
    return () => {
      URL.revokeObjectURL(made);
    };
  }, [sound]);
  if (url === null) return null;
  return (
    <figure>
      <figcaption class="small">{label}</figcaption>
      <audio controls src={url} autoPlay={autoplay} aria-label={label} />
    </figure>
  );
}
