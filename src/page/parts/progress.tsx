/** How far something is: a bar of its states, and the same in words. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { count } from '../words.ts';
import { Mark } from './marks.tsx';

const QUIET_MS = 10_000;

export interface ProgressPart {
  state: string;
  number: number;
}

interface ProgressBarProps {
  label: string;
  total: number;
  parts: readonly ProgressPart[];
}

/** A bar whose segments are as long as their shares. */
export function ProgressBar({ label, total, parts }: ProgressBarProps) {
  const ended = parts.filter(({ state }) => state !== 'running').reduce((sum, { number }) => sum + number, 0);
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={ended}
      aria-valuetext={`${count(ended)} of ${count(total)}`}
    >
      {parts
        .filter(({ number }) => number > 0)
        .map(({ state, number }) => (
          <span key={state} class="share" data-state={state} style={{ flexGrow: number }} />
        ))}
      <span style={{ flexGrow: Math.max(0, total - parts.reduce((sum, { number }) => sum + number, 0)) }} />
    </div>
  );
}

interface ProgressCountsProps {
  label: string;
  ended: number;
  total: number;
  parts: readonly ProgressPart[];
}

/** The same in words: how many have ended, and how many stand where. */
export function ProgressCounts({ label, ended, total, parts }: ProgressCountsProps) {
  return (
    <ul class="legend" aria-label={label}>
      <li>
        <b>
          {count(ended)} of {count(total)}
        </b>{' '}
        done
      </li>
      {parts
        .filter(({ number }) => number > 0)
        .map(({ state, number }) => (
          <li key={state}>
            <Mark state={state} /> <b>{count(number)}</b> {state}
          </li>
        ))}
    </ul>
  );
}

/** Says `text` to a screen reader when `phase` changes, else no more often than every ten seconds. */
export function QuietStatus({ text, phase }: { text: string; phase: string }) {
  const [said, setSaid] = useState('');
  const last = useRef({ at: 0, phase: '' });
  useEffect(() => {
    const say = () => {
      last.current = { at: Date.now(), phase };
      setSaid(text);
    };
    const wait = phase === last.current.phase ? last.current.at + QUIET_MS - Date.now() : 0;
    const timer = setTimeout(say, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [text, phase]);
  return (
    <p class="unseen" role="status">
      {said}
    </p>
  );
}
