/** What is wrong with `temporal.yml`: found all at once, said by file and key. */
import type { FilledGroup } from '../config/index.ts';
import { PipelineError } from '../core/index.ts';

export type Keys = readonly (string | number)[];

/** Collects what is wrong, so that a person mends a file in one go. */
export interface Problems {
  /** `why` goes on from the key: `is unknown.` */
  add(keys: Keys, why: string): void;
  /** Throws `JOB_INVALID` when anything was added. */
  check(): void;
}

/** An empty collection for one project's files. */
export function problemsIn({ fileOf }: Pick<FilledGroup, 'fileOf'>): Problems {
  const found: { file: string; key: string; text: string }[] = [];
  return {
    add(keys, why) {
      const file = fileOf(keys.map(String)) ?? 'temporal.yml';
      const key = keys.join('.');
      found.push({ file, key, text: key === '' ? `${file} ${why}` : `${file}: ${key} ${why}` });
    },
    check() {
      const [first] = found;
      if (first === undefined) return;
      const texts = [...new Set(found.map(({ text }) => text))];
      throw new PipelineError('JOB_INVALID', texts.join('\n'), {
        details: { file: first.file, key: first.key, problems: texts.length },
      });
    },
  };
}
