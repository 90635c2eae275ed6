import type { VNode } from "preact";
import { play, playing, stopPlaying } from "../player.js";
import { promptsText } from "../text/prompts-text.js";
import { useAction } from "./use-action.js";

/** Plays a sound of the service, and stops it. */
export function PlayButton({
  path,
  of,
  label,
}: {
  readonly path: string;
  /** What is played, for those who do not see what stands beside it. */
  readonly of: string;
  readonly label?: string;
}): VNode {
  const t = promptsText.value;
  const start = useAction(play);
  const isPlaying = playing.value === path;
  const shown = isPlaying ? t.stop : (label ?? t.listen);
  return (
    <>
      <button
        type="button"
        class="secondary small"
        aria-label={t.actOn(shown, of)}
        onClick={() => {
          if (isPlaying) stopPlaying();
          else start.act(path);
        }}
      >
        <span aria-hidden="true">{isPlaying ? "■" : "▶"}</span> {shown}
      </button>
      {start.fault === null ? null : (
        <span role="alert" class="fault small">
          {start.fault}
        </span>
      )}
    </>
  );
}
