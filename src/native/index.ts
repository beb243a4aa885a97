export type { ConfigLoaderOptions, ConfigPatterns, MergeStrategy, Resolver, Resolvers } from '../config/index.ts';
export type { NativeSessionOptions } from './options.ts';
export { openNativeSession } from './session.ts';
export { defineSettings, type ProjectSettings, readSettings } from './settings.ts';
