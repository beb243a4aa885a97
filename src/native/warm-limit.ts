/** How much memory warm artifacts may take, and which of them go first. */
import { isPlainObject, PipelineError, suggestion } from '../core/index.ts';

/** What a project says about its warm artifacts. */
export interface WarmSettings {
  /**
   * Most memory that artifacts may take together, by their estimated sizes: bytes, or a text such as `512mb` or `1.5 gb`
   * (units of 1024). The least recently used are dropped first. Default: no limit.
   */
  memoryLimit?: number | string;
}

/** An artifact as the limit sees it. */
export interface Droppable {
  readonly bytes: number;
  /** When it was loaded or last used, in the order of these events. */
  readonly usedAt: number;
}

const UNITS: Record<string, number> = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };
const SIZE = /^(\d+(?:\.\d+)?)\s*(b|kb|mb|gb)$/i;

/** The limit in bytes; `Infinity` for none. Throws `PROJECT_SETTINGS_INVALID`. */
export function memoryLimitOf(settings: WarmSettings | undefined): number {
  const given: unknown = settings ?? {};
  if (!isPlainObject(given)) throw invalid('"warm" is not a mapping.');
  const unknown = Object.keys(given).find((key) => key !== 'memoryLimit');
  if (unknown !== undefined)
    throw invalid(`"warm" has "${unknown}", which is unknown.${suggestion(unknown, ['memoryLimit'])}`);
  const limit = given.memoryLimit;
  if (limit === undefined) return Number.POSITIVE_INFINITY;
  const bytes = typeof limit === 'string' ? parseSize(limit) : limit;
  if (typeof bytes === 'number' && Number.isFinite(bytes) && bytes >= 0) return Math.floor(bytes);
  throw invalid(`"warm.memoryLimit" is ${JSON.stringify(limit)}; say bytes, or a size such as "512mb".`);
}

function parseSize(text: string): number | undefined {
  const [, number = '', unit = ''] = SIZE.exec(text.trim()) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  return factor === undefined ? undefined : Number(number) * factor;
}

/**
 * Which of `others` go so that `bytes` more fit: the least recently used first, of equally old ones the larger; `undefined`
 * where all of them would not be enough.
 */
export function toDrop<T extends Droppable>(others: readonly T[], fixed: number, limit: number): T[] | undefined {
  if (fixed > limit) return undefined;
  let total = others.reduce((sum, each) => sum + each.bytes, fixed);
  const dropped: T[] = [];
  for (const each of others.toSorted((a, b) => a.usedAt - b.usedAt || b.bytes - a.bytes)) {
    if (total <= limit) break;
    total -= each.bytes;
    dropped.push(each);
  }
  return dropped;
}

/** `1.2 GB`, `34 MB`, for messages. */
export function sizeText(bytes: number): string {
  const unit = ['gb', 'mb', 'kb'].find((each) => bytes >= (UNITS[each] ?? 1));
  return unit === undefined ? `${bytes} bytes` : `${(bytes / (UNITS[unit] ?? 1)).toPrecision(3)} ${unit.toUpperCase()}`;
}

function invalid(what: string): PipelineError {
  return new PipelineError('PROJECT_SETTINGS_INVALID', `The settings cannot be used: ${what}`);
}
