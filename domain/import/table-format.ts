import { z } from 'zod';

/** Date spellings, each with the places of year, month and day in the text (from 1). */
export const DATE_FORMATS = {
  'yyyy-mm-dd': { pattern: 'YYYY-MM-DD', year: 1, month: 6, day: 9 },
  'dd.mm.yyyy': { pattern: 'DD\\.MM\\.YYYY', year: 7, month: 4, day: 1 },
  'dd/mm/yyyy': { pattern: 'DD/MM/YYYY', year: 7, month: 4, day: 1 },
  'mm/dd/yyyy': { pattern: 'MM/DD/YYYY', year: 7, month: 1, day: 4 },
  yyyymmdd: { pattern: 'YYYYMMDD', year: 1, month: 5, day: 7 },
} as const;
export type DateFormat = keyof typeof DATE_FORMATS;

/** How the values of a table are written. Nothing is guessed from the file: what is not stated has its default. */
export const tableFormatSchema = z
  .strictObject({
    encoding: z
      .enum(['utf-8', 'windows-1252', 'latin1', 'utf-16'])
      .default('utf-8')
      .describe('character encoding of a text file'),
    separator: z
      .enum([',', ';', 'tab', '|'])
      .optional()
      .describe('between the values of a text file; a comma when left out, a tab in .tsv'),
    quote: z.enum(['"', "'"]).default('"').describe('around values that hold the separator or a line break'),
    decimal: z.enum(['.', ',']).default('.').describe('decimal sign'),
    thousands: z
      .enum(['.', ',', ' '])
      .optional()
      .describe('sign between groups of three digits; a number with one is refused when left out'),
    date: z
      .enum(Object.keys(DATE_FORMATS) as [DateFormat, ...DateFormat[]])
      .default('yyyy-mm-dd')
      .describe('how days are written'),
    zone: z
      .enum(['Europe/Oslo', 'UTC'])
      .optional()
      .describe('zone of date-times without an offset, which are refused when left out'),
    sheet: z.string().min(1).optional().describe('sheet of a workbook; it must be stated where there are several'),
    missing: z
      .array(z.string().min(1))
      .default([])
      .describe('texts that mean that a value is missing, such as `NA`; an empty value always does'),
  })
  .refine(({ decimal, thousands }) => decimal !== thousands, {
    path: ['thousands'],
    message: 'the sign between thousands is the decimal sign; expected another one',
  });
export type TableFormat = z.infer<typeof tableFormatSchema>;

/** The `format` block of a mapping. */
export const formatBlock = tableFormatSchema
  .prefault({})
  .describe('how the values are written: encoding, separator, decimal sign, dates');

/** What `table inspect` could not tell from a file. A mapping is refused while something stands here. */
export const undecidedBlock = z
  .array(z.string())
  .superRefine((open, context) => {
    if (open.length > 0)
      context.addIssue({ code: 'custom', message: `decide, then remove the line: ${open.join('; ')}` });
  })
  .optional()
  .describe('what `utplukk table inspect` could not tell; the mapping is refused until this list is empty');

/** Names of the files that can be read as tables. */
export const TABLE_FILE = /\.(csv|tsv)(\.gz)?$|\.parquet$|\.xlsx$/;
