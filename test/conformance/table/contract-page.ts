import type { Fields } from '../pages/fields.js';
import { PAGE_BODIES, pathOf, pathsOf, sampleFields } from '../pages/page-bodies.js';
import type { PageBody, TableRow } from '../pages/page-body.js';
import { clientType } from './client-type.js';
import { markdownTable } from './markdown.js';
import type { Recorded } from './recorded.js';
import { recordExchanges } from './recorded.js';

const HEAD = `# The REST contract, field by field

<!-- Made by \`npm run docs:contract\` from test/conformance/pages, the client's schemas and a run of the suite. Do not edit. -->

Every field that the pages _REST Run Action_ and _REST Approval_ name, in a table or in a sample, and what became of it:

- **page's table**, **page's sample**: the type as the page words it, and the types that its samples have. A time is text in ISO 8601.
- **client**: the types that \`src/soar\` takes. "kept as it is": no schema names the field, and it is passed on. "dropped": it does not
  leave the client. Fields that no page names are kept, but for the detail of an approval, which is an allow-list.
- **server**: whether the embedded server (\`src/sim\`) sends the field, or takes it in a request that succeeds, in the tests named. "app's own": the
  field belongs to an app that the embedded server does not have, or to whoever runs it.
- **test**: numbers of the tests under the heading, all in \`test/conformance/samples.test.ts\`. They compare the names and types of all fields
  with the page's sample, and what our client gives with what came over the wire.

The same suite asks any SOAR: \`SOAR_BASE_URL=https://soar.example.com SOAR_AUTH_TOKEN=… npx jest --selectProjects conformance\`, with the
worker's other variables (\`SOAR_CA_FILE\`, \`SOAR_USERNAME\`, …) as in [configuration.md](configuration.md). It reads only, unless
\`SOAR_CONFORMANCE_WRITE=true\`; then it submits runs whose \`app_id\` is none, so that nothing runs anywhere, and cancels. It needs three
action_runs, one of them with a result, and an approval of each kind to read.`;

const COLUMNS = ['field', 'page’s table', 'page’s sample', 'client', 'server', 'test'];

/** The whole of docs/rest-contract.md, from the pages, the client's schemas, and answers of an embedded server started for it. */
export async function contractPage(): Promise<string> {
  const recorded = await recordExchanges();
  const sections = PAGE_BODIES.map((body, index) => {
    const isNew = PAGE_BODIES[index - 1]?.endpoint !== body.endpoint;
    return [...(isNew ? [`## \`${body.endpoint}\``] : []), bodySection(body, recorded)].join('\n\n');
  });
  return `${[HEAD, ...sections].join('\n\n')}\n`;
}

function bodySection(body: PageBody, recorded: readonly Recorded[]): string {
  const own = recorded.filter(({ exchange }) => nameIn(body, exchange) === body.name);
  const title = `### ${body.kind === 'request' ? 'Request' : 'Answer'}: ${body.name}`;
  const tests = own.map(({ exchange }, index) => `${index + 1}. ${exchange.title}`).join('\n');
  const rows = pathsOf(body).map((path) => fieldRow(body, path, own));
  return [title, `Page: ${body.page}.`, tests, markdownTable([COLUMNS, ...rows])].join('\n\n');
}

function serverCell({ foreign }: PageBody, path: string, tests: readonly number[]): string {
  if (tests.length > 0) return 'yes';
  return foreign.test(path) ? 'app’s own' : 'no';
}

function nameIn(body: PageBody, { answer, request }: Recorded['exchange']): string | undefined {
  return body.kind === 'request' ? request?.body : answer;
}

function fieldRow(body: PageBody, path: string, recorded: readonly Recorded[]): string[] {
  const inTable = body.table.filter((row) => pathOf(row) === path).map((row) => tableCell(row, path));
  const seen = recorded.map((each) => (body.kind === 'request' ? takenFields(each) : each.answered));
  const tests = seen.flatMap((fields, index) => (fields.has(path) ? [index + 1] : []));
  return [
    `\`${path}\``,
    inTable.join('; '),
    typesIn(sampleFields(body), path),
    clientType(body.name, path),
    serverCell(body, path, tests),
    tests.join(', '),
  ];
}

/** The page's words, with its own spelling of the field where that is another. */
function tableCell({ field, type, required }: TableRow, path: string): string {
  const words = required === undefined ? type : `${type}, ${required}`;
  return path.split('.').at(-1) === field ? words : `\`${field}\`: ${words}`;
}

function typesIn(fields: Fields, path: string): string {
  const types = [...(fields.get(path) ?? [])].map((type) => {
    const items = type === 'array' ? typesIn(fields, `${path}[]`) : '';
    return items === '' ? type : `${type} of ${items}`;
  });
  return types.join(' or ');
}

/** What a request that succeeded had. */
function takenFields({ sent, status }: Recorded): Fields {
  return status === 200 ? sent : new Map();
}
