import type { Command } from 'commander';
import { stringify } from 'yaml';
import { readConfig, showConfig } from '../../config/index.ts';
import { withJson, withProject } from '../flags.ts';
import { readParamsFlag } from '../params.ts';
import { type ProjectFlags, placeOf } from '../session.ts';
import { print, say } from '../terminal.ts';

/**
 * `config show`: parameters, catalog and globals as Kedro's loader gives them for these params. Where anything in them
 * cannot be filled, the whole fails, as it does there.
 */
export function configVerb(command: Command): void {
  command.description('look at configuration');
  const show = command
    .command('show')
    .description("print parameters, catalog and globals, merged and filled, as Kedro's loader gives them")
    .option('--params <k=v,…>', 'runtime params, a.b=c nests; or @file.json')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedro-temporal config show --project examples/weather --params day=2015-07-01',
    )
    .action(async (flags: ProjectFlags & { params?: string; json?: boolean }) => {
      const { env = process.env.KEDRO_ENV, ...place } = placeOf(flags);
      const { readSettings } = await import('../../native/index.ts');
      const { configLoader = {}, resolvers, allowUnsafeParams } = await readSettings(place.project);
      const config = await readConfig({
        ...configLoader,
        ...place,
        resolvers,
        groups: ['parameters', 'catalog', 'globals'],
        strictEnv: true,
        ...(env ? { env } : {}),
      });
      const runtimeParams = await readParamsFlag(flags.params);
      const { value, json, refused } = showConfig(config, { runtimeParams, allowUnsafeParams });
      print(flags.json ? json : stringify(value).trimEnd());
      for (const { message } of refused) say(`A run with these params would be refused: ${message}`);
    });
  withJson(withProject(show));
}
