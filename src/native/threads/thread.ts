/** Where a thread starts. What it does is imported as a module: piscina tries `require` first, which would load a second copy. */
import type { Reply, Task } from './messages.ts';

let answering: Promise<typeof import('./answers.ts')> | undefined;

export default async function answerTask(task: Task): Promise<Reply> {
  answering ??= loadAnswers();
  return await (await answering).answer(task);
}

// From the source of the package, TypeScript is to be loaded here as it is in the thread that started this one.
async function loadAnswers(): Promise<typeof import('./answers.ts')> {
  if (import.meta.url.endsWith('.ts')) (await import('tsx/esm/api')).register();
  return await import('./answers.ts');
}
