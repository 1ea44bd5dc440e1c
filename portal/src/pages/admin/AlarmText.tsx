const ADDRESS = /(https:\/\/[^\s]+)/;

/** What an alarm says; the address of its section of the runbook is a link. */
export function AlarmText({ text }: { readonly text: string }) {
  return (
    <p class="theirs">
      {text.split(ADDRESS).map((part, index) =>
        // Every second part is what the pattern caught: an https address, and nothing else.
        index % 2 === 1 ? (
          <a key={index} href={part} rel="noreferrer">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </p>
  );
}
