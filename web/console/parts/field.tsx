import type { ComponentChildren, InputHTMLAttributes, TargetedEvent, VNode } from "preact";
import { useId } from "preact/hooks";

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  /** What is wrong with what was entered. */
  readonly fault?: string | null;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly type?: "text" | "password" | "search" | "tel" | "date" | "datetime-local" | "number" | "url";
  readonly name?: string;
  readonly autocomplete?: string;
  readonly inputMode?: "text" | "numeric" | "tel" | "url";
  readonly required?: boolean;
  readonly readOnly?: boolean;
  readonly maxLength?: number;
  /** Of a time, in seconds. */
  readonly step?: number;
  readonly placeholder?: string;
}

/** A labelled input with what helps to fill it in; both are read aloud together. */
export function Field({ label, hint, fault = null, onValue, type = "text", ...input }: FieldProps): VNode {
  const id = useId();
  // Preact has a type of its own for each kind of input, and none for a kind that is not known yet.
  const attributes = { ...input, type } as InputHTMLAttributes;
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...attributes}
        {...(hint === undefined && fault === null ? {} : { "aria-describedby": `${id}-hint` })}
        {...(fault === null ? {} : { "aria-invalid": true })}
        onInput={(event: TargetedEvent<HTMLInputElement>) => {
          onValue(event.currentTarget.value);
        }}
      />
      {hint === undefined && fault === null ? null : (
        <small id={`${id}-hint`}>
          {fault === null ? null : <strong class="fault">{fault} </strong>}
          {hint}
        </small>
      )}
    </p>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [value: Value, text: string])[];
  readonly onValue: (value: Value) => void;
}

/** A labelled choice. */
export function Choice<Value extends string>({ label, value, options, onValue }: ChoiceProps<Value>): VNode {
  const id = useId();
  return (
    <p class="field">
      <label for={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event: TargetedEvent<HTMLSelectElement>) => {
          onValue(event.currentTarget.value as Value);
        }}
      >
        {options.map(([one, shown]) => (
          <option key={one} value={one} selected={one === value}>
            {shown}
          </option>
        ))}
      </select>
    </p>
  );
}

/** What went wrong or right, read aloud when it comes. */
export function Notice({
  kind = "bad",
  children,
}: {
  readonly kind?: "bad" | "good";
  readonly children: ComponentChildren;
}): VNode {
  return (
    <div role={kind === "bad" ? "alert" : "status"} class={`notice ${kind}`}>
      {children}
    </div>
  );
}
