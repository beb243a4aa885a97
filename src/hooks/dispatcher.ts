import { isPlainObject, messageOf, PipelineError } from '../core/index.ts';
import type { HookArguments, HookName, Hooks } from './hooks.ts';

/** Calls hooks by name. */
export interface HookDispatcher {
  /** Whether anybody listens, so that the common case costs a look-up and no promise. */
  has(name: HookName): boolean;
  /** Calls every set in order and returns what `beforeNodeRun` hooks replace, merged. Throws `HOOK_FAILED`. */
  call<K extends HookName>(name: K, args: HookArguments[K]): Promise<Record<string, unknown> | undefined>;
}

type AnyHook = (args: unknown) => unknown;

/** Makes the dispatcher of a session. */
export function createDispatcher(sets: readonly Hooks[]): HookDispatcher {
  const byName = new Map<string, { owner: string; hook: AnyHook }[]>();
  for (const [i, set] of sets.entries()) {
    const owner = set.name ?? `hooks[${i}]`;
    for (const [name, hook] of Object.entries(set)) {
      if (typeof hook !== 'function') continue;
      byName.set(name, [...(byName.get(name) ?? []), { owner, hook: (hook as AnyHook).bind(set) }]);
    }
  }
  return {
    has: (name) => byName.has(name),
    async call(name, args) {
      let replaced: Record<string, unknown> | undefined;
      for (const { owner, hook } of byName.get(name) ?? []) {
        const answer = await callOne(owner, name, hook, args);
        if (name === 'beforeNodeRun' && isPlainObject(answer)) replaced = { ...replaced, ...answer };
      }
      return replaced;
    },
  };
}

async function callOne(owner: string, name: string, hook: AnyHook, args: unknown): Promise<unknown> {
  try {
    return await hook(args);
  } catch (cause) {
    throw new PipelineError('HOOK_FAILED', `Hook ${name} of "${owner}" failed: ${messageOf(cause)}`, {
      cause,
      details: { hook: name, owner },
    });
  }
}
