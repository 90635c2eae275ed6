import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { text } from "../text/text.js";
import { Notice } from "./field.js";

/** A page with its heading, which is where the focus goes when it is shown, and the title of the window. */
export function Page({
  title,
  lead,
  actions,
  children,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}): VNode {
  const heading = useRef<HTMLHeadingElement>(null);
  const { appName } = text.value;
  useEffect(() => {
    document.title = `${title} – ${appName}`;
  }, [title, appName]);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <>
      <div class="page-head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead === undefined ? null : <p class="muted">{lead}</p>}
        </div>
        {actions === undefined ? null : <div class="actions">{actions}</div>}
      </div>
      {children}
    </>
  );
}

/** What is shown while an answer is awaited, or where it did not come. */
export function Waiting({
  fault,
  again,
}: {
  readonly fault: string | null;
  readonly again: () => void;
}): VNode {
  if (fault === null) {
    return (
      <p class="muted" role="status">
        {text.value.loading}
      </p>
    );
  }
  return (
    <Notice>
      <p>{fault}</p>
      <button type="button" class="secondary" onClick={again}>
        {text.value.retry}
      </button>
    </Notice>
  );
}
