import path from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { fillEntry, fillGlobals, fillParameters, readConfig } from '../../config/index.ts';
import { isPipelineError, type JsonObject } from '../../core/index.ts';
import { withJson, withProject } from '../flags.ts';
import { parseParams } from '../params.ts';
import type { ProjectFlags } from '../session.ts';
import { print, printJson } from '../terminal.ts';

/**
 * `config show`: parameters, catalog and globals as a run with these params would see them; a catalog entry that such a run
 * could not use is shown with its error.
 */
export function addConfig(program: Command): void {
  const show = program
    .command('config')
    .description('look at configuration')
    .command('show')
    .description('print parameters, catalog and globals, merged and filled')
    .option('--params <k=v,…>', 'runtime params, a.b=c nests; or @file.json')
    .addHelpText(
      'after',
      '\nExample:\n  $ kedro-temporal config show --project examples/weather --params day=2015-07-01',
    )
    .action(async (flags: ProjectFlags & { params?: string; json?: boolean }) => {
      const env = flags.env || process.env.KEDRO_ENV;
      const config = await readConfig({ project: path.resolve(flags.project), ...(env ? { env } : {}) });
      const fill = { runtimeParams: await parseParams(flags.params) };
      const shown = {
        parameters: fillParameters(config, fill),
        catalog: Object.fromEntries(
          config.catalogNames.map((name) => [name, orError(() => fillEntry(config, name, fill))]),
        ),
        globals: fillGlobals(config, fill),
      };
      if (flags.json) printJson(shown);
      else print(stringify(shown).trimEnd());
    });
  withJson(withProject(show));
}

/** An entry that cannot be filled (it waits for a param that was not given) hides none of the others. */
function orError(fill: () => JsonObject): JsonObject {
  try {
    return fill();
  } catch (error) {
    if (!isPipelineError(error)) throw error;
    return { error: { code: error.code, message: error.message } };
  }
}
