/** `save_args.columns` of the table types. */
import { either, mapping, names, oneOf } from '../../options.ts';

/** Which columns to write, in order: a list of names, or a mapping of names to types. */
export const columnsOption = either(names(), mapping(oneOf('boolean', 'integer', 'float', 'string')));
