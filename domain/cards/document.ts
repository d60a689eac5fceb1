/** A section of a document that is rendered to Markdown and to HTML with the same content. */
export interface Section {
  readonly title: string;
  readonly paragraphs?: readonly string[];
  readonly list?: readonly string[];
  readonly table?: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export interface Document {
  readonly title: string;
  readonly language: string;
  readonly sections: readonly Section[];
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

export function toMarkdown({ title, sections }: Document): string {
  const blocks = sections.flatMap(({ title: heading, paragraphs = [], list = [], table }) => [
    `## ${heading}`,
    ...paragraphs,
    ...(list.length > 0 ? [list.map((item) => `- ${item}`).join('\n')] : []),
    ...(table
      ? [
          [table.head, table.head.map(() => '---'), ...table.rows]
            .map((row) => `| ${row.map(cell).join(' | ')} |`)
            .join('\n'),
        ]
      : []),
  ]);
  return `${[`# ${title}`, ...blocks].join('\n\n')}\n`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escape = (text: string) => text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);

const STYLE = [
  'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}',
  'table{border-collapse:collapse}',
  'th,td{border:1px solid #888;padding:.2rem .6rem;text-align:left}',
].join('');

export function toHtml({ title, language, sections }: Document): string {
  return [
    '<!doctype html>',
    `<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
      `<title>${escape(title)}</title><style>${STYLE}</style></head>`,
    `<body><h1>${escape(title)}</h1>`,
    ...sections.map(sectionHtml),
    '</body></html>',
    '',
  ].join('\n');
}

const sectionHtml = ({ title, paragraphs = [], list = [], table }: Section): string =>
  [
    `<section><h2>${escape(title)}</h2>`,
    ...paragraphs.map((text) => `<p>${escape(text)}</p>`),
    ...(list.length > 0 ? [`<ul>${list.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`] : []),
    ...(table ? [tableHtml(table)] : []),
    '</section>',
  ].join('\n');

function tableHtml({ head, rows }: NonNullable<Section['table']>): string {
  const headers = head.map((text) => `<th scope="col">${escape(text)}</th>`).join('');
  const cells = (row: readonly string[]) => row.map((text) => `<td>${escape(text)}</td>`).join('');
  const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('');
  return `<table><thead><tr>${headers}</tr></thead><tbody>${body}</tbody></table>`;
}
