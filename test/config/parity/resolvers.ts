/** The twins of the resolvers in `judge.py`. */
import type { Resolvers } from '../../../src/config/index.ts';
import type { JsonValue } from '../../../src/core/index.ts';

export const RESOLVERS: Resolvers = {
  plus: (...args: JsonValue[]) => {
    if (args.some((arg) => typeof arg !== 'number' && typeof arg !== 'boolean')) throw new Error('no number');
    return args.reduce<number>((sum, arg) => sum + Number(arg), 0);
  },
  echo: (...args: JsonValue[]) => args,
  make: (...args: JsonValue[]) => ({ a: args, n: { x: 1 } }),
  fail: () => {
    throw new Error('it fails');
  },
};
