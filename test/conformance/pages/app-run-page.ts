import type { AlsoAllowed, PageBody, TableRow } from './page-body.js';
import { NOTHING_FOREIGN } from './page-body.js';

const TIME = 'ISO 8601 formatted timestamp';

const row = (field: string, type: string, at?: string): TableRow => ({ field, type, ...(at && { at }) });

/** The page shows no app_run of several assets, none of several apps and none of a playbook; an app_run may have either. */
const sometimesNull = (prefix: string): AlsoAllowed[] => [
  { at: `${prefix}playbook_run`, type: 'integer', because: 'the run may come from a playbook' },
  { at: `${prefix}asset`, type: 'null', because: 'an action may run without an asset' },
  { at: `${prefix}app`, type: 'null', because: 'a person’s answer to a prompt comes from no app' },
];

const APP_RUNS_TABLE: readonly TableRow[] = [
  row('id', 'Integer', 'data[].id'),
  row('action', 'String', 'data[].action'),
  row('action_run', 'Integer', 'data[].action_run'),
  row('asset', 'Integer', 'data[].asset'),
  row('app', 'Integer', 'data[].app'),
  row('app_name', 'String', 'data[].app_name'),
  row('app_version', 'String', 'data[].app_version'),
  row('container', 'Integer', 'data[].container'),
  row('end_time', TIME, 'data[].end_time'),
  row('exception_occured', 'Boolean', 'data[].exception_occured'),
  row('message', 'String', 'data[].message'),
  row('playbook_run', 'Integer', 'data[].playbook_run'),
  row('start_time', TIME, 'data[].start_time'),
  row('status', 'String', 'data[].status'),
  row('version', 'Integer', 'data[].version'),
];

/** The bodies of the page REST Run Action that are about results: app_runs and action results. */
export const APP_RUN_PAGE: readonly PageBody[] = [
  {
    name: 'app_runs of an action_run',
    page: 'REST Run Action',
    endpoint: 'GET /rest/action_run/<id>/app_runs',
    kind: 'answer',
    samples: ['app-runs'],
    table: APP_RUNS_TABLE,
    foreign: NOTHING_FOREIGN,
    also: sometimesNull('data[].'),
  },
  {
    // Under this heading the page shows a sample of action_result; the rows are those of the list above.
    name: 'app_run list',
    page: 'REST Run Action',
    endpoint: 'GET /rest/app_run',
    kind: 'answer',
    samples: ['app-runs'],
    table: APP_RUNS_TABLE,
    foreign: NOTHING_FOREIGN,
    also: sometimesNull('data[].'),
  },
  {
    name: 'action results',
    page: 'REST Run Action',
    endpoint: 'GET /rest/app_run/<id>/action_result',
    kind: 'answer',
    samples: ['action-results'],
    table: [
      row('context', 'Object', 'data[].parameter.context'),
      row('count', 'Integer'),
      row('data', 'Object', 'data[].data'),
      row('ip', 'String', 'data[].parameter.ip'),
      row('message', 'String', 'data[].message'),
      row('parameter', 'Object', 'data[].parameter'),
      row('num_pages', 'Integer'),
      row('status', 'Boolean', 'data[].status'),
      row('summary', 'Object', 'data[].summary'),
    ],
    foreign: /^data\[\]\.(data\[\]|summary|parameter)\.(?!context)/,
    also: [],
  },
  {
    name: 'app_run',
    page: 'REST Run Action',
    endpoint: 'GET /rest/app_run/<id>',
    kind: 'answer',
    samples: ['app-run'],
    table: [
      row('action', 'String'),
      row('action_run', 'Integer'),
      row('app', 'Integer'),
      row('app_name', 'String'),
      row('app_version', 'Integer'),
      row('asset', 'Integer'),
      row('automation_broker', 'ID'),
      row('container', 'Integer'),
      row('context', 'Object', 'result_data[].parameter.context'),
      row('effective_user', 'Integer'),
      row('end_time', TIME),
      row('exception_occurred', 'Boolean', 'exception_occured'),
      row('id', 'Integer'),
      row('message', 'String'),
      row('node_guid', 'String'),
      row('parameter', 'Object', 'result_data[].parameter'),
      row('playbook_run', 'Integer'),
      row('result_summary', 'Object'),
      row('start_time', TIME),
      row('status', 'Boolean'),
      row('version', 'Integer'),
    ],
    foreign: /^result_data\[\]\.(data\[\]|summary|parameter)\.(?!context)/,
    also: sometimesNull(''),
  },
];
