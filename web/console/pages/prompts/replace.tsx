import type { VNode } from "preact";
import { useId, useState } from "preact/hooks";
import type { PromptDetail, PromptVersion } from "../../../../src/console/contract/prompts.js";
import { ask } from "../../api.js";
import { Notice } from "../../parts/field.js";
import { useAction } from "../../parts/use-action.js";
import { stopPlaying } from "../../player.js";
import { sendFile } from "../../send-file.js";
import { promptRefusalText } from "../../text/prompt-refusal-text.js";
import { promptsText } from "../../text/prompts-text.js";
import { promptPath, recordingPath } from "./prompt-paths.js";
import { Recorder } from "./recorder.js";
import { SoundOfBlob } from "./sound-of-blob.js";

interface Given {
  readonly name: string;
  readonly bytes: Blob;
  readonly isRecorded: boolean;
}

type Done =
  { readonly is: "changed"; readonly version: number } | { readonly is: "textSaved" | "textDropped" };

/** Another text, and another sound: recorded here, from a file, or spoken by the voice program. */
export function Replace({
  detail,
  client,
  onChange,
}: {
  readonly detail: PromptDetail;
  readonly client: string | null;
  readonly onChange: () => void;
}): VNode {
  const t = promptsText.value;
  const { prompt, limits, speech } = detail;
  const { id, locale } = prompt;
  const [said, setSaid] = useState(prompt.draft ?? prompt.text ?? "");
  const [given, setGiven] = useState<Given | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const [trial, setTrial] = useState<Blob | null>(null);
  const [done, setDone] = useState<Done | null>(null);
  // The browser keeps the name of a chosen file until its field is a new one.
  const [round, setRound] = useState(0);
  const of = client === null ? {} : { client };

  const begin = (): void => {
    stopPlaying();
    setTrial(null);
    setDone(null);
  };
  const changed = ({ version }: PromptVersion): void => {
    setGiven(null);
    setRound((before) => before + 1);
    setDone({ is: "changed", version });
    onChange();
  };
  const send = useAction(async (isTrial: boolean) => {
    if (given === null) return;
    begin();
    setShare(0);
    const path = recordingPath(prompt, client, { name: given.name, text: said, isTrial });
    try {
      if (isTrial) setTrial(await sendFile<Blob>(path, given.bytes, setShare));
      else changed(await sendFile<PromptVersion>(path, given.bytes, setShare));
    } finally {
      setShare(null);
    }
  });
  const speak = useAction(async (isTrial: boolean) => {
    begin();
    const body = { ...of, text: said };
    if (isTrial) setTrial(await ask<Blob>("POST", promptPath(locale, id, null, "/speech/try"), body));
    else changed(await ask<PromptVersion>("POST", promptPath(locale, id, null, "/speech"), body));
  });
  const saveText = useAction(async () => {
    begin();
    await ask("PUT", promptPath(locale, id, null, "/text"), { ...of, text: said });
    setDone({ is: "textSaved" });
    onChange();
  });
  const dropText = useAction(async () => {
    begin();
    await ask("DELETE", promptPath(locale, id, client, "/text"));
    setSaid(prompt.text ?? "");
    setDone({ is: "textDropped" });
    onChange();
  });
  const busy = send.busy || speak.busy || saveText.busy || dropText.busy;
  const fault = send.fault ?? speak.fault ?? saveText.fault ?? dropText.fault;
  const one = (act: () => void) => () => {
    for (const other of [send, speak, saveText, dropText]) other.clear();
    act();
  };

  return (
    <div class="card">
      <h2>{t.replace}</h2>
      {done === null ? null : (
        <Notice kind="good">{done.is === "changed" ? t.changed(done.version) : t[done.is]}</Notice>
      )}
      {fault === null ? null : <Notice>{fault}</Notice>}
      <SaidField detail={detail} value={said} onValue={setSaid} />
      <p class="actions">
        <button type="button" class="secondary small" disabled={busy} onClick={one(saveText.act)}>
          {t.saveText}
        </button>
        {prompt.draft === null ? null : (
          <button type="button" class="secondary small" disabled={busy} onClick={one(dropText.act)}>
            {t.dropText}
          </button>
        )}
      </p>
      <fieldset>
        <legend>{t.record}</legend>
        <p class="muted small">{t.recordMeans}</p>
        <Recorder
          longestMs={limits.longest_ms}
          onTaken={(bytes) => {
            one(begin)();
            setRound((before) => before + 1);
            setGiven({ name: "recording.wav", bytes, isRecorded: true });
          }}
        />
        <FileField
          key={round}
          limits={limits}
          onFile={(file) => {
            one(begin)();
            setGiven(file === null ? null : { name: file.name, bytes: file, isRecorded: false });
          }}
        />
        {given === null ? null : (
          <>
            <SoundOfBlob sound={given.bytes} label={given.isRecorded ? t.recorded : given.name} />
            <p class="actions">
              <button
                type="button"
                class="secondary"
                disabled={busy}
                onClick={one(() => {
                  send.act(true);
                })}
              >
                {t.tryIt}
              </button>
              <button
                type="button"
                disabled={busy}
                onClick={one(() => {
                  send.act(false);
                })}
              >
                {t.use}
              </button>
            </p>
          </>
        )}
        {share === null ? null : (
          <p role="status">
            {share < 1 ? t.sending : t.making}{" "}
            {share < 1 ? <progress aria-label={t.sending} max={1} value={share} /> : null}
          </p>
        )}
      </fieldset>
      <fieldset>
        <legend>{t.speech}</legend>
        {speech.available ? (
          <>
            <p class="muted small">{t.speechMeans}</p>
            <p class="actions">
              <button
                type="button"
                class="secondary"
                disabled={busy}
                onClick={one(() => {
                  speak.act(true);
                })}
              >
                {t.trySpeech}
              </button>
              <button
                type="button"
                disabled={busy}
                onClick={one(() => {
                  speak.act(false);
                })}
              >
                {t.useSpeech}
              </button>
            </p>
          </>
        ) : (
          <>
            <p class="muted small">{t.speechMissing}</p>
            <p>
              <code>{speech.install}</code>
            </p>
          </>
        )}
      </fieldset>
      {trial === null ? null : <SoundOfBlob sound={trial} label={t.tried} autoplay />}
    </div>
  );
}

function SaidField({
  detail: { prompt, requires, limits },
  value,
  onValue,
}: {
  readonly detail: PromptDetail;
  readonly value: string;
  readonly onValue: (value: string) => void;
}): VNode {
  const t = promptsText.value;
  const field = useId();
  const wanted = requires.map((spellings) => spellings.map((one) => `“${one}”`).join(` ${t.or} `));
  return (
    <p class="field">
      <label for={field}>{t.textLabel}</label>
      <textarea
        id={field}
        rows={3}
        lang={prompt.locale}
        maxLength={limits.text_characters}
        aria-describedby={`${field}-hint`}
        value={value}
        onInput={(event) => {
          onValue(event.currentTarget.value.replaceAll(/\s*\n\s*/g, " "));
        }}
      />
      <small id={`${field}-hint`}>
        {t.textHint(limits.text_characters)}{" "}
        {wanted.length === 0 ? null : `${t.requires} ${wanted.join(", ")}`}
      </small>
    </p>
  );
}

function FileField({
  limits,
  onFile,
}: {
  readonly limits: PromptDetail["limits"];
  readonly onFile: (file: File | null) => void;
}): VNode {
  const t = promptsText.value;
  const field = useId();
  const [fault, setFault] = useState<string | null>(null);
  return (
    <div class="field">
      <label for={field}>{t.orFile}</label>
      <input
        id={field}
        type="file"
        accept="audio/*,.wav,.mp3,.m4a,.ogg,.opus,.flac"
        aria-describedby={`${field}-hint`}
        onChange={(event) => {
          const file = event.currentTarget.files?.[0] ?? null;
          // Neither is worth sending.
          const wrong = file === null ? null : faultOf(file, limits.file_bytes);
          setFault(wrong);
          onFile(wrong === null ? file : null);
        }}
      />
      <small id={`${field}-hint`}>{t.fileHint(limits.file_bytes / 1e6, limits.longest_ms / 1000)}</small>
      {fault === null ? null : <Notice>{fault}</Notice>}
    </div>
  );
}

function faultOf({ size }: File, most: number): string | null {
  if (size === 0) return promptsText.value.fileEmpty;
  return size > most ? promptRefusalText("file_too_large") : null;
}
