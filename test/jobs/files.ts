/** Projects made of texts, and what their jobs are. */
import { type ProjectJobs, type ReadJobsOptions, readJobs } from '../../src/jobs/index.ts';
import { type ConfTree, failure, withProject } from '../config/conf-tree.ts';

type Options = Omit<ReadJobsOptions, 'project'>;

/** The jobs of a project with these files below `conf`; a text alone is `base/temporal.yml`. */
export function jobsOf(tree: ConfTree | string, options: Options = {}): Promise<ProjectJobs> {
  const files = typeof tree === 'string' ? { 'base/temporal.yml': tree } : tree;
  return withProject(files, (project) => readJobs({ project, env: 'local', ...options }));
}

/** What is wrong with them: the lines of the message, after its code. */
export async function problemsOf(tree: ConfTree | string, options: Options = {}): Promise<string[]> {
  const { code, message } = await failure(() => jobsOf(tree, options));
  return [code, ...message.split('\n')];
}

/** What is wrong with one job, whose lines are given without their indentation. */
export async function wrongJob(...lines: string[]): Promise<string[]> {
  const file = ['jobs:', '  daily:', ...lines.map((line) => `    ${line}`)].join('\n');
  const [code, ...messages] = await problemsOf(file);
  return code === 'JOB_INVALID'
    ? messages.map((each) => each.replace('conf/base/temporal.yml: jobs.daily', ''))
    : [code ?? ''];
}
