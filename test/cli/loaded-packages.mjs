/** Says on stderr which packages a process loads: `--import` it. */
import { register } from 'node:module';

register(
  `data:text/javascript,${encodeURIComponent(`
    import { writeSync } from 'node:fs';
    export async function resolve(specifier, context, next) {
      const found = await next(specifier, context);
      const at = found.url.lastIndexOf('/node_modules/');
      if (at >= 0) {
        const [scope, name] = found.url.slice(at + '/node_modules/'.length).split('/');
        writeSync(2, 'loaded ' + (scope.startsWith('@') ? scope + '/' + name : scope) + '\\n');
      }
      return found;
    }
  `)}`,
);
