/** The Python that {@link startS3} runs a server in: a virtual environment in `node_modules/.cache`, made once. */
import { makeEnvironment, programIn } from '../python-environment.ts';

const NAME = 's3';
const PACKAGES = ['moto[s3]~=5.2.5', 'flask', 'flask-cors'];

/** The Python that {@link makeS3Python} has made. */
export function s3Python(): string | undefined {
  return programIn(NAME);
}

/** Makes it unless it is there with all it needs; answers with the reason where it cannot. */
export function makeS3Python(say: (text: string) => void): string | undefined {
  const words = 'Making a Python environment with a server that speaks S3: about half a minute, once.';
  return makeEnvironment(NAME, PACKAGES, words, say);
}
