export type {
  ConfigLoaderOptions,
  ConfigPatterns,
  GroupName,
  MergeStrategy,
  Resolver,
  Resolvers,
} from '../config/index.ts';
export type { NativeSessionOptions } from './options.ts';
export { openNativeSession } from './session.ts';
export { defineSettings, type ProjectSettings, readSettings } from './settings.ts';
export type { WarmSettings } from './warm-limit.ts';
