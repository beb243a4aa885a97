/**
 * A plugin that makes a Worker of your own able to run pipelines.
 *
 * @module kedro-temporal/plugin
 */
export { KedroPlugin, type KedroPluginOptions } from './plugin.ts';
