/** The Python that has schemathesis: a virtual environment in `node_modules/.cache`, made once. */
import { makeEnvironment, programIn } from '../python-environment.ts';

const NAME = 'schemathesis';
const PACKAGES = ['schemathesis~=4.32.5'];

/** The program that {@link makeSchemathesis} has installed. */
export function schemathesis(): string | undefined {
  return programIn(NAME, 'schemathesis');
}

/** Makes it unless it is there; answers with the reason where it cannot. */
export function makeSchemathesis(say: (text: string) => void): string | undefined {
  const words = 'Making a Python environment with schemathesis: about half a minute, once.';
  return makeEnvironment(NAME, PACKAGES, words, say);
}
