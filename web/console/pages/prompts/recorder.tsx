import type { VNode } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Notice } from "../../parts/field.js";
import { promptsText } from "../../text/prompts-text.js";
import { record, type Take } from "./microphone.js";

/** Records by the microphone of whoever sits here. */
export function Recorder({
  longestMs,
  onTaken,
}: {
  readonly longestMs: number;
  readonly onTaken: (wav: Blob) => void;
}): VNode {
  const t = promptsText.value;
  const take = useRef<Take | null>(null);
  const isGone = useRef(false);
  const [state, setState] = useState<"idle" | "asking" | "recording">("idle");
  const [heard, setHeard] = useState({ level: 0, seconds: 0 });
  const [isRefused, setRefused] = useState(false);
  // The microphone is open: what counts seconds must not be read aloud into it.
  const [told, setTold] = useState<"" | "begun" | "ended">("");
  useEffect(
    () => () => {
      isGone.current = true;
      take.current?.drop();
    },
    [],
  );
  const end = (): void => {
    take.current = null;
    setState("idle");
  };
  const start = async (): Promise<void> => {
    setRefused(false);
    setTold("");
    setState("asking");
    try {
      const begun = await record(longestMs, {
        onLevel: (level, seconds) => {
          setHeard({ level, seconds });
        },
        onTaken: (wav) => {
          end();
          setTold("ended");
          onTaken(wav);
        },
        onFault: () => {
          end();
          setTold("");
          setRefused(true);
        },
      });
      // Whoever has left the page meanwhile is not recorded.
      if (isGone.current) {
        begun.drop();
        return;
      }
      take.current = begun;
      setState("recording");
      setTold("begun");
    } catch {
      end();
      setRefused(true);
    }
  };
  return (
    <>
      <p role="status" class="unseen">
        {{ "": "", begun: t.begun, ended: t.ended }[told]}
      </p>
      {isRefused ? <Notice>{t.noMicrophone}</Notice> : null}
      {state === "recording" ? (
        <>
          <p>{t.recording(Math.floor(heard.seconds), longestMs / 1000)}</p>
          <p>
            <meter
              class="input-level"
              aria-label={t.inputLevel}
              min={0}
              max={1}
              low={0.5}
              high={0.95}
              optimum={0.8}
              value={heard.level}
            />
          </p>
          <p>
            <button type="button" class="danger" onClick={() => take.current?.finish()}>
              {t.finish}
            </button>
          </p>
        </>
      ) : (
        <p>
          <button type="button" class="secondary" disabled={state === "asking"} onClick={() => void start()}>
            {t.start}
          </button>
        </p>
      )}
    </>
  );
}
