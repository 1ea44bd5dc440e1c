import './Field.css';
import { useId } from 'preact/hooks';
import { useDebounced } from '../logic/debounced';

interface Common {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly wide?: boolean;
}

interface InputProps extends Common {
  readonly type?: 'text' | 'search' | 'date';
  readonly hint?: string;
  readonly placeholder?: string;
  readonly maxLength?: number;
}

/** One line to write in. */
export function InputField({ label, value, onChange, wide, type = 'text', hint, placeholder, maxLength }: InputProps) {
  const id = useId();
  return (
    <div class={fieldClass(wide)}>
      <label class="field-label" for={id}>
        {label}
      </label>
      <input
        id={id}
        // The types allow one kind of input at a time.
        type={type as 'text'}
        value={value}
        placeholder={placeholder}
        maxLength={maxLength}
        autocomplete="off"
        aria-describedby={hint ? `${id}-hint` : undefined}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
      {hint && (
        <span class="field-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
    </div>
  );
}

/** A line to search with: tells what was written when the writer pauses. */
export function SearchField({ value, onChange, ...others }: Omit<InputProps, 'type'>) {
  const [written, write] = useDebounced(value, onChange);
  return <InputField {...others} type="search" value={written} onChange={write} maxLength={200} />;
}

interface SelectProps extends Common {
  readonly options: readonly (readonly [value: string, label: string])[];
}

/** One of several. */
export function SelectField({ label, value, onChange, wide, options }: SelectProps) {
  const id = useId();
  return (
    <div class={fieldClass(wide)}>
      <label class="field-label" for={id}>
        {label}
      </label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {options.map(([option, text]) => (
          <option key={option} value={option}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function fieldClass(wide = false): string {
  return wide ? 'field field-wide' : 'field';
}
