import { useState } from 'preact/hooks';
import { Icon } from '../../components/Icon';

interface Props {
  readonly onFiles: (files: readonly File[]) => void;
  readonly hint: string;
}

/** Takes files by click, by keyboard and by drag: a file input that covers the whole zone. */
export function DropZone({ onFiles, hint }: Props) {
  const [isOver, setIsOver] = useState(false);
  return (
    <label
      class={`drop${isOver ? ' drop-over' : ''}`}
      onDragEnter={() => setIsOver(true)}
      onDragLeave={() => setIsOver(false)}
      onDrop={() => setIsOver(false)}
    >
      <Icon name="upload" />
      <strong>Drop your product list here</strong>
      <span>
        or <u>choose files</u> from this computer
      </span>
      <span class="small soft">{hint}</span>
      <input
        type="file"
        multiple
        aria-label="Choose product lists"
        onChange={(event) => {
          const input = event.currentTarget;
          const chosen = [...(input.files ?? [])];
          // So that the same file can be chosen again.
          input.value = '';
          if (chosen.length > 0) onFiles(chosen);
        }}
      />
    </label>
  );
}
