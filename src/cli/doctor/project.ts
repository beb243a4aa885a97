/** The project: whether it opens, what of it is broken, its Python, its temporal.yml. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { isPipelineError, messageOf, type ProjectDescription } from '../../core/index.ts';
import { readJobs } from '../../jobs/index.ts';
import { isKedroProject, openSession, type ProjectFlags, placeOf } from '../session.ts';
import { type Check, fail, ok, warn } from './check.ts';

/** Opens the project and describes it. */
export async function checkProject(flags: ProjectFlags): Promise<Check[]> {
  const { project } = placeOf(flags);
  const isKedro = await isKedroProject(project);
  if (!isKedro && !existsSync(path.join(project, 'conf')) && flags.confSource === undefined)
    return [fail('Project', `${project} is none`, 'npx kedro-temporal init')];
  const python = isKedro ? [await checkPython(flags)] : [];
  return [...python, ...(await checkOpening(flags)), await checkJobs(flags)];
}

async function checkPython({ project, python }: ProjectFlags): Promise<Check> {
  const { findPython } = await import('../../kedro/index.ts');
  try {
    const { command, because } = findPython(path.resolve(project), python, process.env);
    return ok('Python', `${command} (${because})`);
  } catch (error) {
    return fail('Python', messageOf(error), 'python3 -m venv .venv && .venv/bin/pip install -r requirements.txt');
  }
}

const MENDS: Readonly<Record<string, string>> = {
  KEDRO_NOT_INSTALLED:
    'install the project’s requirements there, or name another Python: --python, KEDRO_TEMPORAL_PYTHON',
  KEDRO_TOO_OLD: 'pip install "kedro>=1.0"',
  PYTHON_NOT_FOUND: 'name a Python that has kedro: --python, KEDRO_TEMPORAL_PYTHON',
};

async function checkOpening(flags: ProjectFlags): Promise<Check[]> {
  try {
    await using session = await openSession(flags);
    const description = await session.describe();
    const { kedro, engine, env } = description;
    const facts = kedro === undefined ? [] : [ok('Kedro', kedro.version)];
    return [...facts, ok('Project', `${engine}, opens, environment ${env}`), checkPipelines(description)];
  } catch (error) {
    const mend = isPipelineError(error) ? MENDS[error.code] : undefined;
    return [fail('Project', `does not open: ${messageOf(error)}`, mend)];
  }
}

function checkPipelines({ pipelines, datasets }: ProjectDescription): Check {
  const broken = [...Object.entries(pipelines), ...Object.entries(datasets)].flatMap(([name, each]) =>
    'error' in each && name !== '__default__' ? [name] : [],
  );
  const count = Object.keys(pipelines).filter((name) => name !== '__default__').length;
  const all = `${count} of its own, ${Object.keys(datasets).length} datasets`;
  if (broken.length === 0) return ok('Pipelines', all);
  return warn('Pipelines', `${all}; broken: ${broken.join(', ')}`, 'npx kedro-temporal describe');
}

async function checkJobs(flags: ProjectFlags): Promise<Check> {
  try {
    const { jobs, schedules } = await readJobs(placeOf(flags));
    const names = Object.keys(jobs);
    if (names.length === 0)
      return warn('temporal.yml', 'there are no jobs', 'npx kedro-temporal init, or docs/jobs.md');
    return ok('temporal.yml', `jobs ${names.join(', ')}; ${Object.keys(schedules).length} with a schedule`);
  } catch (error) {
    return fail('temporal.yml', messageOf(error));
  }
}
