/**
 * The process that `dev` starts anew when a file changes: one warm session, a worker and the page on it.
 *
 * It ends when it is told to, and when the process that told it to open is gone, however that ended.
 */
import { isPipelineError, messageOf, type PipelineSession, type ProjectDescription } from '../../core/index.ts';
import { nextFreePort } from '../../dev/index.ts';
import { startEndpoint } from '../endpoint.ts';
import { openSession } from '../session.ts';
import { errorText, say } from '../terminal.ts';
import { startWorker } from '../worker.ts';
import type { HoldOptions, News, Opened, Order } from './messages.ts';

// Whoever edits a file waits for the next one to start; what is running is tried again there.
const GRACE_MS = 500;

let close: (() => Promise<void>) | undefined;

process.on('message', (order: Order) => {
  if (order.type === 'stop') void end();
  else void begin(order.options);
});
process.on('disconnect', () => void end());
process.on('SIGTERM', () => void end());

async function begin(options: HoldOptions): Promise<void> {
  try {
    tell(await open(options));
  } catch (error) {
    const code = isPipelineError(error) ? { code: error.code } : {};
    tell({ type: 'failed', message: messageOf(error), ...code });
    await end();
  }
}

function tell(news: News): void {
  if (process.connected) process.send?.(news);
}

async function end(): Promise<void> {
  await close?.().catch(() => {});
  process.exit(0);
}

async function open(options: HoldOptions): Promise<Opened> {
  const session = options.worker ? await openSession(options.flags) : undefined;
  close = async () => await session?.close();
  const [pipelines, page] = await Promise.all([
    session === undefined ? undefined : work(session, options),
    options.port === undefined ? undefined : show(session, options),
  ]);
  return { type: 'opened', ...(pipelines && { pipelines }), ...page };
}

async function work(session: PipelineSession, { flags, bundleFile }: HoldOptions): Promise<Opened['pipelines']> {
  const start = { session: async () => session, graceMs: GRACE_MS, bundleFile };
  const [worker, description] = await Promise.all([startWorker(flags, start), session.describe()]);
  closeBefore(() => worker.stop());
  worker.ended.catch((error: unknown) => {
    say(errorText(error));
    void end();
  });
  return pipelinesOf(description);
}

function pipelinesOf({ pipelines }: ProjectDescription): NonNullable<Opened['pipelines']> {
  // The sum of the others says nothing of its own.
  const { __default__: _, ...own } = pipelines;
  const all = Object.values(own);
  const broken = all.flatMap((each) => ('error' in each ? [each.error.message] : []));
  return { whole: all.length - broken.length, broken };
}

async function show(
  session: PipelineSession | undefined,
  { flags, port, mayMove, uiUrl }: HoldOptions,
): Promise<Pick<Opened, 'pageUrl' | 'pageError'>> {
  const start = (at: number | undefined) =>
    startEndpoint({
      flags: { ...flags, host: '127.0.0.1', ...(at === undefined ? {} : { port: at }) },
      ...(session === undefined ? {} : { session }),
      temporal: { ...flags, uiUrl },
    });
  try {
    const endpoint = await start(port).catch(async (error: unknown) => {
      // It was free when `dev` looked: another one has begun at the same time.
      if (!isPipelineError(error) || error.details.taken !== true || !mayMove || port === undefined) throw error;
      return await start(await nextFreePort(port + 1));
    });
    closeBefore(() => endpoint.close());
    return { pageUrl: endpoint.url };
  } catch (error) {
    // The worker is of use without it.
    return { pageError: messageOf(error) };
  }
}

function closeBefore(first: () => Promise<void>): void {
  const rest = close;
  close = async () => {
    await first().catch(() => {});
    await rest?.();
  };
}
