/** YAML 1.1 as libyaml and PyYAML read it for OmegaConf: what is accepted, what a text is, what stops. */
export { composeDocument, type ScalarNode, type YamlDocument, type YamlNode } from './compose.ts';
export { flattenDocument, MOST_NODES } from './flatten.ts';
export { scalarType } from './resolve.ts';
export { splitDocument } from './split.ts';
export { YamlError } from './syntax-error.ts';
export { scalarValue } from './values.ts';
