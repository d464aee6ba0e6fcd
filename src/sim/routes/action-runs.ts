import { ApiError } from '../http.js';
import { pageOf } from '../query/list.js';
import { isJsonObject } from '../records.js';
import type { SimParts } from './request.js';
import { actorOf, bodyOf, queryOf, recordOf } from './request.js';

/** Submitting and cancelling action runs, and their results page by page (REST Run Action). */
export function routeActionRuns({ app, tables, engine, userName }: SimParts): void {
  app.post('/rest/action_run', (context) => {
    const run = engine.submit(bodyOf(context), actorOf(context, userName).id);
    return context.json({ action_run_id: run.id, message: 'New action queued.', success: true });
  });

  app.post('/rest/action_run/:id', (context) => {
    const run = recordOf(context, tables.action_run);
    const body = bodyOf(context);
    if (!isJsonObject(body) || body['cancel'] !== true) throw new ApiError(400, 'The body must be {"cancel": true}');
    return context.json({ cancelled: true, message: engine.cancel(run, actorOf(context, userName).name) });
  });

  app.get('/rest/app_run/:id/action_result', (context) =>
    context.json(pageOf(recordOf(context, tables.app_run).result_data, queryOf(context))),
  );
}
