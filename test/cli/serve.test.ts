/** `serve`: says where it is, serves without a server, and closes in order. */
import path from 'node:path';
import { expect, test } from 'vitest';
import { pipelineFile, withProject } from '../projects/tiny.ts';
import { startCommand } from './command.ts';

const FILES = {
  'conf/base/temporal.yml': 'serve: { token_env: OWN_TOKEN, allow: { pipelines: [one] } }\n',
  'pipelines/one.ts': pipelineFile(`node(() => 1, { outputs: 'one', name: 'one' })`),
  'pipelines/two.ts': pipelineFile(
    `node(() => new Promise((resolve) => setTimeout(() => resolve(2), 400)), { outputs: 'two', name: 'two' })`,
  ),
};

async function startServe(project: string, args: readonly string[], env: Record<string, string> = {}) {
  const command = startCommand(
    ['serve', '--project', project, '--port', '0', '--address', '127.0.0.1:1', ...args],
    env,
  );
  let said = '';
  command.child.stderr?.on('data', (text: string) => {
    said += text;
  });
  await command.said('Ctrl-C');
  const url = /at (http:\S+)/.exec(said)?.[1] ?? '';
  const run = (pipeline: string, headers: Record<string, string> = {}) =>
    fetch(`${url}/pipelines/${pipeline}/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{}',
    });
  return { command, url, run, said: () => said };
}

test('runs are served although no Temporal server answers, by the token and the list of temporal.yml', () =>
  withProject(FILES, async (project) => {
    const { run, said } = await startServe(project, [], { OWN_TOKEN: 'secret' });
    expect(said()).toMatch(/token +from OWN_TOKEN/);
    expect((await run('one')).status).toBe(401);
    const headers = { authorization: 'Bearer secret' };
    expect(await (await run('one', headers)).json()).toMatchObject({ status: 'success', outputs: { one: 1 } });
    expect((await run('two', headers)).status).toBe(403);
  }));

test('SIGTERM lets a running request end, and the command ends well', () =>
  withProject({ 'pipelines/two.ts': FILES['pipelines/two.ts'] }, async (project) => {
    const { command, run } = await startServe(project, ['--no-temporal']);
    const running = run('two');
    await new Promise((resolve) => setTimeout(resolve, 150));
    command.child.kill('SIGTERM');
    expect(await (await running).json()).toMatchObject({ status: 'success', outputs: { two: 2 } });
    expect(await command.ended).toMatchObject({ code: 0 });
  }));

test('another host needs a token or --no-auth; a mistake in temporal.yml serves nothing', () =>
  withProject({ ...FILES, 'conf/prod/temporal.yml': 'serve: { alow: {} }\n' }, async (project) => {
    const refused = await startCommand(['serve', '--project', project, '--host', '0.0.0.0']).ended;
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/OWN_TOKEN.*--no-auth/) });
    const wrong = await startCommand(['serve', '--project', path.resolve(project), '--env', 'prod']).ended;
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining('serve.alow') });
  }));
