/** A user's own bundle: workflows of their own beside ours. */
export * from '../../../workflows/index.ts';

export async function greet(name: string): Promise<string> {
  return `Good morning, ${name}`;
}
