export { KedroPlugin, type KedroPluginOptions } from './plugin.ts';
