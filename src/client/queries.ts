/**
 * Questions to workflows, asked by somebody who does not want to wait: a worker that is busy answers late, and one that is gone
 * not at all. One question is on its way at a time, readers wait for it for a moment, and its answer is there for later ones.
 */
import type { Client } from '@temporalio/client';
import { boundedMap } from './bounded-map.ts';
import { askedWorkflow } from './server-calls.ts';

/** How long what a workflow has said still counts, milliseconds: a busy worker answers late. */
export const RECENT_MS = 10_000;

/** What was answered last. */
export interface Answered<T> {
  answer: T;
  /** Milliseconds since the epoch. */
  at: number;
}

/** See above. */
export interface Queries {
  /** The answer of now, else the last one, else undefined. Throws `SERVER_UNREACHABLE`. */
  ask<T>(execution: { workflowId: string; runId: string }, query: string): Promise<Answered<T> | undefined>;
  /** Takes an answer that came on another way. */
  note(execution: { runId: string }, query: string, answer: unknown): void;
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>;
}

const MOST_ANSWERS = 1000;

// A worker that keeps the workflow in memory and is not busy needs a few milliseconds.
const WAIT_MS = 1_500;

interface Question {
  since: number;
  answer: Promise<unknown>;
}

/** Makes them. */
export function createQueries(client: Client): Queries {
  const answers = boundedMap<string, Answered<unknown>>(MOST_ANSWERS);
  const questions = new Map<string, Question>();
  const start = (key: string, execution: { workflowId: string; runId: string }, query: string): Question => {
    const answer = askedWorkflow<unknown>(client, execution, query).then((value) => {
      if (value !== undefined) answers.set(key, { answer: value, at: Date.now() });
    });
    const question = { since: Date.now(), answer };
    questions.set(key, question);
    const end = () => questions.delete(key);
    answer.then(end, end);
    return question;
  };
  return {
    async ask<T>(execution: { workflowId: string; runId: string }, query: string) {
      const key = keyOf(execution, query);
      const { since, answer } = questions.get(key) ?? start(key, execution, query);
      await inTime(answer, since + WAIT_MS - Date.now());
      return answers.get(key) as Answered<T> | undefined;
    },
    note(execution, query, answer) {
      answers.set(keyOf(execution, query), { answer, at: Date.now() });
    },
    async settled() {
      await Promise.allSettled([...questions.values()].map(({ answer }) => answer));
    },
  };
}

function keyOf({ runId }: { runId: string }, query: string): string {
  return `${runId} ${query}`;
}

/** Waits for the answer, at most so long. */
async function inTime(answer: Promise<unknown>, ms: number): Promise<void> {
  if (ms <= 0) return;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
