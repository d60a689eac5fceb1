/** A document as sections, rendered to Markdown or HTML: the same content in both. */
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

export function toHtml({ title, language, sections }: Document): string {
  const blocks = sections.map(({ title: heading, paragraphs = [], list = [], table }) => {
    const row = (cells: readonly string[], tag: 'th' | 'td') =>
      `<tr>${cells.map((text) => `<${tag}${tag === 'th' ? ' scope="col"' : ''}>${escape(text)}</${tag}>`).join('')}</tr>`;
    return [
      `<section><h2>${escape(heading)}</h2>`,
      ...paragraphs.map((text) => `<p>${escape(text)}</p>`),
      ...(list.length > 0 ? [`<ul>${list.map((item) => `<li>${escape(item)}</li>`).join('')}</ul>`] : []),
      ...(table
        ? [
            `<table><thead>${row(table.head, 'th')}</thead><tbody>${table.rows.map((cells) => row(cells, 'td')).join('')}</tbody></table>`,
          ]
        : []),
      '</section>',
    ].join('\n');
  });
  const style =
    'body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}table{border-collapse:collapse}th,td{border:1px solid #888;padding:.2rem .6rem;text-align:left}';
  return `<!doctype html>\n<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${style}</style></head>\n<body><h1>${escape(title)}</h1>\n${blocks.join('\n')}\n</body></html>\n`;
}
