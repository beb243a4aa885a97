/** One call of a resolver. */
import type { FillTools } from './evaluate.ts';
import { type Filled, known, textOf } from './filled.ts';
import { type Filling, unresolved } from './filling.ts';
import type { Call } from './interpolation.ts';
import type { Place } from './node.ts';
import { type Target, valueTarget } from './target.ts';

/** A call with what it is given. */
export interface Asking {
  readonly call: Call;
  readonly place: Place;
  readonly filling: Filling;
  readonly tools: FillTools;
  /** What the arguments stand for; a list or mapping of the tree is filled only when somebody needs its value. */
  readonly args: readonly Target[];
}

/** A resolver that is always there: how many arguments it takes, and what it gives. */
export interface BuiltIn {
  readonly least: number;
  readonly most: number;
  resolve(asking: Asking): Target;
}

/** The first argument, which has to be a text. */
export function nameArgument({ call, place, args, tools }: Asking): Filled & { readonly value: string } {
  const [first = valueTarget(known(null))] = args;
  const name = tools.contentOf(first);
  if (typeof name.value === 'string') return { ...name, value: name.value };
  throw unresolved(call, place, `needs a text as its first argument, not ${textOf(name)}; put it in quotes.`);
}

/** `target`, which the argument `name` has chosen. */
export function chosenBy(target: Target, name: Filled): Target {
  return name.taints.length === 0 ? target : { ...target, by: [...target.by, name] };
}
