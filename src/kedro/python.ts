/** Which Python runs a project. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { PipelineError } from '../core/index.ts';

/** A Python, and why that one. */
export interface FoundPython {
  readonly command: string;
  readonly because: string;
}

/**
 * The first that is named or there: the option, `KEDRO_TEMPORAL_PYTHON`, the project's `.venv`, `VIRTUAL_ENV`, `python3`.
 * One that is named and does not exist is an error, never passed over. Throws `PYTHON_NOT_FOUND`.
 */
export function findPython(project: string, option: string | undefined, environment: NodeJS.ProcessEnv): FoundPython {
  if (option) return named(option, 'the session was opened with it');
  const variable = environment.KEDRO_TEMPORAL_PYTHON;
  if (variable) return named(variable, 'KEDRO_TEMPORAL_PYTHON names it');
  const own = inFolder(path.join(project, '.venv'));
  if (own !== undefined) return { command: own, because: "it is the project's .venv" };
  const active = environment.VIRTUAL_ENV ? inFolder(environment.VIRTUAL_ENV) : undefined;
  if (active !== undefined) return { command: active, because: 'VIRTUAL_ENV is active' };
  const onPath = ['python3', 'python']
    .map((name) => onSearchPath(name, environment))
    .find((each) => each !== undefined);
  if (onPath !== undefined) return { command: onPath, because: 'it is the first on PATH' };
  throw notFound(
    'There is no Python: no .venv in the project, no VIRTUAL_ENV, no python3 on PATH. Name one with the option "python" or KEDRO_TEMPORAL_PYTHON.',
  );
}

function named(command: string, because: string): FoundPython {
  const isPath = /[/\\]/.test(command);
  if (isPath && !existsSync(command)) {
    throw notFound(`There is no Python at ${command} (${because}).`, command);
  }
  if (isPath && statSync(command).isDirectory()) {
    const inside = inFolder(command);
    if (inside === undefined) throw notFound(`${command} is a folder without a Python in it (${because}).`, command);
    return { command: inside, because };
  }
  return { command, because };
}

function inFolder(folder: string): string | undefined {
  return [path.join(folder, 'bin', 'python'), path.join(folder, 'Scripts', 'python.exe')].find(isExecutable);
}

function onSearchPath(name: string, environment: NodeJS.ProcessEnv): string | undefined {
  const folders = (environment.PATH ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const endings = process.platform === 'win32' ? ['.exe'] : [''];
  return folders.flatMap((folder) => endings.map((ending) => path.join(folder, name + ending))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function notFound(message: string, python?: string, cause?: unknown): PipelineError {
  return new PipelineError('PYTHON_NOT_FOUND', message, { cause, details: { python } });
}
