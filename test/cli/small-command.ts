import type { CommandSpec, OptionSpecs } from '../../cli/command-spec';
import { oneOf, text, wholeNumber } from '../../cli/parsers';

const options = {
  loud: { type: 'flag', description: 'print every step' },
  copies: {
    type: 'value',
    placeholder: 'N',
    description: 'number of copies',
    parse: wholeNumber({ from: 1, to: 99 }),
    default: 1,
  },
  colour: {
    type: 'list',
    placeholder: 'NAME',
    description: 'colour to print with',
    parse: oneOf('a colour', ['red', 'blue']),
  },
  pages: { type: 'list', placeholder: 'N', separator: ',', description: 'pages', parse: wholeNumber({ from: 0 }) },
  archive: {
    type: 'value',
    placeholder: 'FILE',
    description: 'keep a copy',
    parse: text,
    bare: 'archive.pdf',
    defaultText: 'none is kept',
  },
  to: { type: 'value', placeholder: 'PRINTER', description: 'printer', parse: text, required: true },
} as const satisfies OptionSpecs;

/** A command with an option of every kind. */
export const printCommand: CommandSpec<typeof options> = {
  call: 'npm run print --',
  synopsis: '--to PRINTER [options]',
  description: 'Prints a document.',
  options,
  check: ({ copies, archive }) =>
    archive !== undefined && copies !== undefined && copies > 10
      ? [{ problem: `'--archive ${archive}' keeps one of ${copies} copies`, remedy: 'leave it out' }]
      : [],
  exitStatus: { 0: 'printed', 1: 'the printer reports an error' },
  examples: [
    { line: 'npm run print -- --to office' },
    { line: 'npm run print -- --to office --copies few', fails: "'--copies few' is not a whole number" },
  ],
};
