import type { ComponentChildren, VNode } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { text } from "../text/text.js";

/** Under the form of a dialog: what sends it, and the way back. */
export function FormActions({
  send,
  busy,
  onClose,
}: {
  readonly send: string;
  readonly busy: boolean;
  readonly onClose: () => void;
}): VNode {
  return (
    <p class="actions">
      <button type="submit" disabled={busy}>
        {send}
      </button>
      <button type="button" class="secondary" onClick={onClose}>
        {text.value.cancel}
      </button>
    </p>
  );
}

/** A window above the page. The browser's own: it keeps the focus inside, and Escape closes it. */
export function Dialog({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={id} onClose={onClose}>
      <header>
        <h2 id={id}>{title}</h2>
        <button
          type="button"
          class="plain"
          aria-label={text.value.close}
          onClick={() => dialog.current?.close()}
        >
          ×
        </button>
      </header>
      {children}
    </dialog>
  );
}

/** Asks before something is done that cannot be taken back. */
export function Confirm({
  title,
  question,
  yes,
  onYes,
  onClose,
  busy = false,
  fault = null,
}: {
  readonly title: string;
  readonly question: string;
  readonly yes: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
  readonly busy?: boolean;
  readonly fault?: string | null;
}): VNode {
  return (
    <Dialog title={title} onClose={onClose}>
      <p>{question}</p>
      {fault === null ? null : (
        <p role="alert" class="notice bad">
          {fault}
        </p>
      )}
      <p class="actions">
        <button type="button" class="danger" disabled={busy} onClick={onYes}>
          {yes}
        </button>
        <button type="button" class="secondary" onClick={onClose}>
          {text.value.cancel}
        </button>
      </p>
    </Dialog>
  );
}
