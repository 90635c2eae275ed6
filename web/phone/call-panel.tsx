import type { VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { phoneText } from "./phone-text.js";
import { type Key, KEYS } from "./sounds.js";
import { answer, hangUp, keys, level, peer, press, state } from "./telephone.js";

/** What the telephone does now, the keypad, and how loud the other end is. */
export function CallPanel(): VNode {
  const t = phoneText.value;
  const now = state.value;
  const answerButton = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (now === "ringing") answerButton.current?.focus();
  }, [now]);
  return (
    <>
      <div class={now === "ringing" ? "display ringing" : "display"}>
        <p role="status" class="display-state">
          <span class={`tag ${TAGS[now]}`}>{t[now]}</span> {about()}
        </p>
        {now === "ringing" ? (
          <p class="actions">
            <button type="button" ref={answerButton} class="answer" onClick={answer}>
              {t.answer}
            </button>
            <button type="button" class="danger" onClick={hangUp}>
              {t.reject}
            </button>
          </p>
        ) : null}
        {now === "calling" || now === "talking" ? (
          <p class="actions">
            <button type="button" class="danger" onClick={hangUp}>
              {t.hangUp}
            </button>
          </p>
        ) : null}
      </div>
      <h2>{t.keypad}</h2>
      <div class="keypad" role="group" aria-label={t.keypad}>
        {KEYS.map((key) => (
          <KeyButton key={key} of={key} />
        ))}
      </div>
      <p class="sent">
        {t.keysSent}{" "}
        <output>{keys.value === "" ? t.noKeys : <span class="number">{keys.value}</span>}</output>
      </p>
      <LevelMeter />
      <p class="muted small">{t.keyboardHint}</p>
    </>
  );
}

const TAGS = {
  off: "plain",
  connecting: "wait",
  ready: "",
  ringing: "wait",
  calling: "wait",
  talking: "",
} as const;

function about(): string {
  const t = phoneText.value;
  const who = peer.value === "" || peer.value === "anonymous" ? t.unknownCaller : peer.value;
  if (state.value === "ringing") return t.from(who);
  if (state.value === "calling") return t.to(who);
  return state.value === "talking" ? who : "";
}

function KeyButton({ of }: { readonly of: Key }): VNode {
  return (
    <button
      type="button"
      class="secondary"
      data-key={of}
      onClick={() => {
        press(of);
      }}
    >
      {of}
    </button>
  );
}

/** Drawn by the browser's frames; nothing of the page is rendered for it. */
function LevelMeter(): VNode {
  const meter = useRef<HTMLMeterElement>(null);
  useEffect(() => {
    let frame = 0;
    const draw = (): void => {
      if (meter.current !== null) meter.current.value = level();
      frame = requestAnimationFrame(draw);
    };
    draw();
    return () => {
      cancelAnimationFrame(frame);
    };
  }, []);
  return (
    <p>
      <label class="level">
        {phoneText.value.level}
        <meter ref={meter} min={0} max={1} />
      </label>
    </p>
  );
}
