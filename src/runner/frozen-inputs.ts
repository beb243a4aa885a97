/** A node that writes to what it must not: what to tell its author. */
import type { Node } from '../pipeline/index.ts';

// What V8 says of a write to a frozen object, in strict code, as all modules are.
const FROZEN = /read only property|object is not extensible|Cannot delete property|Cannot redefine property/;

/** Words for the message of a node's failure, where its reason is a write to a frozen input; empty else. */
export function frozenHint(node: Node, inputs: readonly unknown[], cause: unknown): string {
  if (!(cause instanceof TypeError) || !FROZEN.test(cause.message)) return '';
  const names = node.inputs.names.filter((_, i) => {
    const input = inputs[i];
    return typeof input === 'object' && input !== null && Object.isFrozen(input);
  });
  if (names.length === 0) return '';
  const which = names.map((name) => `"${name}"`).join(', ');
  const [is, are] = names.length === 1 ? ['is', 'a copy of it'] : ['are', 'copies of them'];
  return ` (${which} ${is} frozen, as preloaded artifacts and parameters are shared between runs: change ${are})`;
}
