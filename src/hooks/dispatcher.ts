import { isPipelineError, isPlainObject, messageOf, PipelineError, suggestion } from '../core/index.ts';
import { HOOK_NAMES, type HookArguments, type HookName, type Hooks } from './hooks.ts';

/** What ends a wait for a hook: the run's cancellation. */
export interface HookGuard {
  throwIfCancelled(): void;
  race<T>(work: PromiseLike<T>): Promise<T>;
}

/** Calls hooks by name. */
export interface HookDispatcher {
  /** Whether anybody listens, so that the common case costs a look-up and no promise. */
  has(name: HookName): boolean;
  /** Whether anybody listens to what happens to a node or its datasets. */
  readonly watchesSteps: boolean;
  /**
   * Calls every set in order and returns what `beforeNodeRun` hooks replace, merged. A cancel ends the wait for a hook, and
   * the sets after it are not called. Throws `HOOK_FAILED`, and what `guard` throws.
   */
  call<K extends HookName>(
    name: K,
    args: HookArguments[K],
    guard?: HookGuard,
  ): Promise<Record<string, unknown> | undefined>;
  /**
   * Tells hooks of a failure that is thrown anyway: a hook that fails in turn does not hide it, and is named in its details
   * as `hookFailed`. `guard` ends the wait for a hook, as in {@link HookDispatcher.call}; nothing is thrown then either.
   */
  tell<K extends 'onNodeError' | 'onPipelineError'>(
    failure: unknown,
    name: K,
    args: HookArguments[K],
    guard?: HookGuard,
  ): Promise<void>;
}

const OF_RUNS: ReadonlySet<string> = new Set<HookName>([
  'afterContextCreated',
  'afterCatalogCreated',
  'beforePipelineRun',
  'afterPipelineRun',
  'onPipelineError',
]);

type AnyHook = (args: unknown) => unknown;

interface OwnedHook {
  readonly owner: string;
  readonly hook: AnyHook;
}

/** Makes the dispatcher of a session. Throws `PROJECT_SETTINGS_INVALID` for what is no set of hooks. */
export function createDispatcher(sets: readonly Hooks[]): HookDispatcher {
  const byName = new Map<string, OwnedHook[]>();
  for (const [i, set] of sets.entries()) {
    for (const [name, owned] of hooksOf(set, i)) byName.set(name, [...(byName.get(name) ?? []), owned]);
  }
  const call: HookDispatcher['call'] = async (name, args, guard) => {
    let replaced: Record<string, unknown> | undefined;
    for (const each of byName.get(name) ?? []) {
      guard?.throwIfCancelled();
      const calling = callOne(each, name, args);
      const answer = await (guard === undefined ? calling : guard.race(calling));
      if (name !== 'beforeNodeRun' || answer === undefined) continue;
      replaced = { ...replaced, ...replacements(each, answer, args as HookArguments['beforeNodeRun']) };
    }
    return replaced;
  };
  return {
    has: (name) => byName.has(name),
    watchesSteps: [...byName.keys()].some((name) => !OF_RUNS.has(name)),
    call,
    async tell(failure, name, args, guard) {
      try {
        await call(name, args, guard);
      } catch (error) {
        const isHooks = isPipelineError(error) && error.code === 'HOOK_FAILED';
        if (isHooks && isPipelineError(failure)) failure.details.hookFailed = messageOf(error);
      }
    },
  };
}

// By the names that there are, so that an instance of a class, whose methods are not its own keys, is heard too.
function hooksOf(set: Hooks, index: number): [HookName, OwnedHook][] {
  if (typeof set !== 'object' || set === null) throw invalid(`hooks[${index}] is not a set of hooks.`);
  const owner = set.name ?? `hooks[${index}]`;
  const odd = Object.keys(set).find((key) => typeof set[key as HookName] === 'function' && !isHook(key));
  if (odd !== undefined) throw invalid(`"${owner}" has "${odd}", which is no hook.${suggestion(odd, HOOK_NAMES)}`);
  return HOOK_NAMES.filter((name) => set[name] !== undefined).map((name) => {
    if (typeof set[name] !== 'function') throw invalid(`The hook ${name} of "${owner}" is not a function.`);
    return [name, { owner, hook: (set[name] as AnyHook).bind(set) }];
  });
}

function isHook(name: string): boolean {
  return (HOOK_NAMES as readonly string[]).includes(name);
}

async function callOne({ owner, hook }: OwnedHook, name: string, args: unknown): Promise<unknown> {
  try {
    return await hook(args);
  } catch (cause) {
    throw failed(owner, name, messageOf(cause), cause);
  }
}

function replacements(
  { owner }: OwnedHook,
  answer: unknown,
  { node, inputs }: HookArguments['beforeNodeRun'],
): Record<string, unknown> {
  if (!isPlainObject(answer)) throw failed(owner, 'beforeNodeRun', 'it returned something else than inputs by name.');
  const odd = Object.keys(answer).find((name) => !Object.hasOwn(inputs, name));
  if (odd === undefined) return answer;
  const why = `it returned "${odd}", which is no input of node "${node.name}".${suggestion(odd, Object.keys(inputs))}`;
  throw failed(owner, 'beforeNodeRun', why);
}

function failed(owner: string, name: string, why: string, cause?: unknown): PipelineError {
  return new PipelineError('HOOK_FAILED', `Hook ${name} of "${owner}" failed: ${why}`, {
    cause,
    details: { hook: name, owner },
  });
}

function invalid(why: string): PipelineError {
  return new PipelineError('PROJECT_SETTINGS_INVALID', `The hooks cannot be used: ${why}`);
}
