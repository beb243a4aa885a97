import { useId, useRef } from 'preact/hooks';

interface ConfirmButtonProps {
  label: string;
  /** What is asked, and what the answers are called. */
  question: string;
  yes: string;
  no: string;
  isDisabled: boolean;
  onYes: () => void;
}

/** A button that asks before it does something that cannot be undone. */
export function ConfirmButton({ label, question, yes, no, isDisabled, onYes }: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const decide = (isYes: boolean) => {
    dialog.current?.close();
    if (isYes) onYes();
  };
  // Escape closes the question, not the view behind it.
  const keep = (event: Event) => event.stopPropagation();
  return (
    <>
      <button type="button" class="danger" disabled={isDisabled} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} aria-labelledby={id} onKeyDown={keep}>
        <p id={id}>{question}</p>
        <div class="buttons">
          <button type="button" onClick={() => decide(false)}>
            {no}
          </button>
          <button type="button" class="danger" onClick={() => decide(true)}>
            {yes}
          </button>
        </div>
      </dialog>
    </>
  );
}
