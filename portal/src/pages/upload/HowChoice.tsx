import type { How } from '../../logic/queue';

interface Props {
  readonly how: How;
  /** Hears what was chosen; the rest stays. */
  readonly onChange: (chosen: Partial<How>) => void;
  /** True until the vendor has handed something in: then checking first is what most people want. */
  readonly isFirst: boolean;
}

/** What is to become of the files. */
export function HowChoice({ how, onChange, isFirst }: Props) {
  return (
    <div class="how">
      <fieldset>
        <legend class="unseen">What should happen with the file?</legend>
        <div class="how-modes">
          <Mode
            checked={how.mode === 'import'}
            title="Add new products"
            text="Every row is a product that is not listed yet."
            onChoose={() => onChange({ mode: 'import' })}
          />
          <Mode
            checked={how.mode === 'update'}
            title="Change products I have"
            text="Prices, stock and more by SKU or product ID; blank cells stay as they are."
            onChoose={() => onChange({ mode: 'update' })}
          />
        </div>
      </fieldset>
      <label class="choice choice-plain">
        <input
          type="checkbox"
          role="switch"
          checked={how.preview}
          onChange={(event) => onChange({ preview: event.currentTarget.checked })}
        />
        <strong>Check first, change nothing</strong>
        <small>
          {isFirst
            ? 'On, because this is your first upload. You see every mistake, and can upload for real with one click.'
            : 'You see every mistake before anything goes into the catalogue, and can upload for real with one click.'}
        </small>
      </label>
    </div>
  );
}

interface ModeProps {
  readonly checked: boolean;
  readonly title: string;
  readonly text: string;
  readonly onChoose: () => void;
}

function Mode({ checked, title, text, onChoose }: ModeProps) {
  return (
    <label class="choice">
      <input type="radio" name="mode" checked={checked} onChange={onChoose} />
      <strong>{title}</strong>
      <small>{text}</small>
    </label>
  );
}
