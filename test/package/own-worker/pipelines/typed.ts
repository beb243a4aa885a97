/** The same tools in TypeScript: Node 20 has no loader for it, and needs none. */
import { type Node, node, pipeline, runContext } from 'kedro-temporal';
import { loud } from '../words.ts';

interface Greeting {
  text: string;
  runId: string;
}

function greet(tax: number): Greeting {
  return { text: loud(`tax is ${tax}`), runId: runContext()?.runId ?? 'none' };
}

const nodes: Node[] = [node(greet, { inputs: 'params:tax', outputs: 'greeting', name: 'greet' })];

export default pipeline(nodes);
