/** What a project sets about its configuration, checked. */
import { isPlainObject, PipelineError, suggestion } from '../core/index.ts';
import type { Resolvers } from './filling.ts';
import { GROUPS } from './node.ts';
import type { ConfigOptions } from './read.ts';
import { isReserved } from './resolvers.ts';

/** Throws `PROJECT_SETTINGS_INVALID`. */
export function checkOptions({
  mergeStrategy,
  configPatterns,
  baseEnv,
  defaultRunEnv,
  resolvers,
}: ConfigOptions): void {
  checkStrategies(mergeStrategy);
  checkPatterns(configPatterns);
  for (const [name, env] of Object.entries({ baseEnv, defaultRunEnv })) {
    if (env !== undefined && (typeof env !== 'string' || env === '')) throw invalid(`${name} is no name of a folder.`);
  }
  checkResolvers(resolvers);
}

function checkStrategies(mergeStrategy: unknown): void {
  for (const [group, strategy] of groupsOf('mergeStrategy', mergeStrategy)) {
    if (strategy === 'destructive' || strategy === 'soft' || strategy === undefined) continue;
    throw invalid(`mergeStrategy.${group} is "${String(strategy)}"; it may be "destructive" or "soft".`, group);
  }
}

function checkPatterns(configPatterns: unknown): void {
  for (const [group, patterns] of groupsOf('configPatterns', configPatterns)) {
    if (patterns === undefined) continue;
    if (!Array.isArray(patterns) || patterns.some((pattern) => typeof pattern !== 'string')) {
      throw invalid(`configPatterns.${group} is no list of globs, such as "${group}*".`, group);
    }
    const bad = patterns.find((pattern: string) =>
      pattern.split('/').some((part) => part.includes('**') && part !== '**'),
    );
    if (bad !== undefined)
      throw invalid(`configPatterns.${group} has "${bad}": "**" must be a whole folder name.`, group);
  }
}

function checkResolvers(resolvers: Resolvers = {}): void {
  for (const [name, resolver] of Object.entries(resolvers)) {
    if (typeof resolver !== 'function') throw invalid(`the resolver "${name}" is no function.`);
    if (isReserved(name)) throw invalid(`a resolver cannot be named "${name}": there is one of that name.`);
    if (!/^[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*$/.test(name)) {
      throw invalid(`a resolver cannot be named "${name}": names have letters, digits, "_", "-" and dots.`);
    }
  }
}

function groupsOf(name: string, setting: unknown): [string, unknown][] {
  if (setting === undefined) return [];
  if (!isPlainObject(setting)) throw invalid(`${name} is no mapping of groups.`);
  const entries = Object.entries(setting);
  for (const [group] of entries) {
    if ((GROUPS as readonly string[]).includes(group)) continue;
    throw invalid(`${name}.${group} names no group: ${GROUPS.join(', ')}.${suggestion(group, GROUPS)}`, group);
  }
  return entries;
}

function invalid(why: string, group?: string): PipelineError {
  return new PipelineError('PROJECT_SETTINGS_INVALID', why, group === undefined ? {} : { details: { group } });
}
