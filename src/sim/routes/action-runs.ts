import { ApiError } from '../http/api-error.js';
import type { SimContext } from '../http/sim-env.js';
import { queryOf } from '../http/sim-env.js';
import { pageOf } from '../query/page.js';
import { SEED } from '../seed.js';
import { isJsonObject } from '../store/soar-record.js';
import type { SimParts } from './sim-parts.js';
import { idOf, recordOf } from './sim-parts.js';

/** Submitting and cancelling action runs, and their results page by page (REST Run Action). */
export function routeActionRuns({ app, tables, engine, userName }: SimParts): void {
  const actor = (context: SimContext) =>
    context.get('principal') === 'user'
      ? { id: SEED.users.admin, name: userName }
      : { id: SEED.users.automation, name: 'automation' };

  app.post('/rest/action_run', (context) => {
    const run = engine.submit(context.get('body'), actor(context).id);
    return context.json({ action_run_id: run.id, message: 'New action queued.', success: true });
  });

  app.post('/rest/action_run/:id', (context) => {
    const body = context.get('body');
    const id = idOf(context, 'action_run');
    if (!isJsonObject(body) || body['cancel'] !== true) throw new ApiError(400, 'The body must be {"cancel": true}');
    return context.json({ cancelled: true, message: engine.cancel(id, actor(context).name).message });
  });

  app.get('/rest/app_run/:id/action_result', (context) =>
    context.json(pageOf(recordOf(context, tables.app_run).result_data, queryOf(context))),
  );
}
