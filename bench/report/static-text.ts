/** How docs/performance.md begins. */
export const HEAD = `# Performance

What an action costs with us, and what it costs elsewhere: the same work, against the same embedded SOAR, in one session.
Made by \`npm run bench -- --write\` from [bench/results/latest.json](../bench/results/latest.json); not edited by hand.

    npm run bench                                        # three rounds of everything
    npm run bench -- --rounds 1 --only unpackable        # one scenario, or one contender; may be given several times
    npm run bench -- --jobs 100                          # quick, to see that it works
    npm run bench:scale                                  # 10,000 to 300,000 rows through \`soar-runner batch\`

The other engines’ packages are installed into \`.cache/bench-competitors\` at the first run. Redis and PostgreSQL are taken from the
machine (Debian: \`apt install redis-server postgresql\`); what is missing is reported as not measured. Linux only: CPU and memory
come from \`/proc\`.`;

/** Profiles of the worker, of 900 lives each, taken by hand: not part of a run, and dated. */
export const WHERE_IT_GOES = `Profiles of 2026-11-29 (2 cores, Node 20.20, Temporal 1.32; 900 actions one after the other, the last 300 counted). A \`runAction\` that
ends at once has two workflow tasks, an activity that submits and a local activity that looks and fetches.

| where                               | CPU ms | of it                                                                                                      |
| ----------------------------------- | ------ | ---------------------------------------------------------------------------------------------------------- |
| Temporal’s server                   | 24–28  | six transactions: start, two workflow tasks begun and ended, the activity’s end                            |
| worker, main thread                 | 6–7    | four REST calls, payloads, rxjs between the SDK’s Rust and its threads                                     |
| worker, workflow thread             | 5–6    | 3.5 for the thread that guards each entry into the sandbox (its limit of 5 s); the rest promises’ stacks   |
| worker, SDK’s Rust                  | 3      | polls, completions                                                                                         |
| worker, V8’s compiler               | 2      | still after 600 actions                                                                                    |
| client                              | 3–4    | start, long poll for the result                                                                            |

What was tried and changed nothing that could be measured: no search attributes at all (24.3 against 24.0 ms of the server), larger young
generations, one thread for V8. Stack traces of ten frames cost 2.3 ms more. What would bring it below 0.6 of the bare workflow is a submission without
an activity of its own; then nobody could tell after a kill whether the POST was sent, so that stays.

A grouped row (three batches of 1,000): 1.2 ms on the worker’s main thread, of which garbage collection 0.13, checks of requests and answers 0.13,
reading answers 0.12, HTTP 0.1, and the rest is spread over the SDK’s and Node’s machinery; 0.4 ms on its workflow thread. The cost that does not grow
with the rows is code that is not compiled yet: a worker’s first thousand rows cost it 1.5 ms each, its third 1.2.

Looking at each run’s name before its results count has its price: a SOAR that comes back from a backup gives a number to another. Without and
with it, in turn (five rounds of 1,000 grouped rows, three of 10,000 packed ones; embedded SOAR, 2 cores, medians): a packed row costs 0.50 and
0.52 ms of CPU, a grouped row 4.17 and 5.07 ms (a fifth more in each pair), 1.06 and 1.08 REST calls, 1,290 and 1,484 bytes of history.`;

/** What each column means. */
export const MEASURES = `Each trial has a SOAR, an engine and processes of its own, and a go before the one that counts: a worker runs for weeks, its code is compiled. In every round each contender
has its turn once. A trial counts only if every row was given SOAR’s result for its own parameters.

Every job is the same: POST the action, wait out its delay where a crash would not forget it (the plain scripts: in memory), look until it has
ended, fetch its app_runs and results, keep the result. All contenders but ours share one small REST client, on the HTTP library and the number of connections that
ours has, and look at an action when it is due, then after pauses of 250, 375, 563 and 844 ms, then every second.

- **CPU**: user and system time of all processes of the contender, from \`/proc\`: client, worker and engine (Temporal’s server, Redis,
  PostgreSQL, Restate), without what they use when idle, which is measured after the first go. SOAR’s own stands in a column of its own.
- **rows/s**: rows by the time from the start to the last result.
- **REST calls**: as SOAR counts them.
- **late**: from the end of the action in SOAR to its result in the client’s hands.
- **peak memory**: each process’s largest resident set, added up over client, worker and engine. Shared pages count for each process.
- **history**: events and bytes that Temporal keeps, over all workflows of the job.`;

/** What a reader might wrongly take from the figures. */
export const CAVEATS = `- **Everything shares the cores**: client, worker, engine and SOAR. A contender that waits for SOAR’s own CPU looks slower than it is; one that
  makes fewer calls gains twice.
- **Guarantees differ.** A worker of the others that is killed after a POST sends it again, and the action runs twice; ours looks in SOAR first, and
  what that costs is in its figures. Ours also takes cancels, follows approvals and shows progress, which the bare workflow does not.
- **Durability differs.** PostgreSQL and Restate write to disk at every commit. Redis writes once a second, and Temporal’s dev server (SQLite, WAL,
  \`synchronous=1\`) at checkpoints: both survive a killed process, and a power cut can cost them the last moments. A Temporal cluster on a
  database of its own costs more CPU than the dev server, for us as for the bare workflow.
- **Packing is not a property of the engine.** Any of the others could be handed packs of rows, by somebody who writes the packing, the
  de-duplication and the way back from a result to its rows; \`plain-script-packed\` is the floor for that. \`unpackable\` compares the engines as such.
- **Rows of \`packable\` differ**: a contender with an action_run for each row is given 1,000, the packing ones 10,000. Figures are per row.
- **One machine, loopback**: no network latency, and no TLS.`;
