/* The table of a report, in the browser. All texts come from outside: they are set as text, never as markup. */
/* global document */
(() => {
  const PAGE_ROWS = 100;
  const { columns, statusColumn, runColumns, runUrl, rows } = JSON.parse(document.getElementById('data').textContent);
  const state = { text: '', status: undefined, sortColumn: undefined, isDescending: false, page: 0 };
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  const element = (id) => document.getElementById(id);
  let searchTexts;
  let found = rows;

  /** Made when somebody searches for the first time: it doubles what the page keeps. */
  function searchTextOf(index) {
    searchTexts ??= rows.map((row) => row.join('\n').toLowerCase());
    return searchTexts[index];
  }

  function find() {
    const text = state.text.trim().toLowerCase();
    found = rows.filter(
      (row, index) =>
        (state.status === undefined || row[statusColumn] === state.status) &&
        (text === '' || searchTextOf(index).includes(text)),
    );
    const { sortColumn } = state;
    if (sortColumn !== undefined) {
      const direction = state.isDescending ? -1 : 1;
      found.sort((a, b) => direction * collator.compare(a[sortColumn], b[sortColumn]));
    }
    state.page = 0;
    show();
  }

  function cell(row, column) {
    const td = document.createElement('td');
    const value = String(row[column] ?? '');
    if (column === statusColumn) td.className = `status ${value}`;
    if (runUrl && runColumns.includes(column) && value !== '') {
      const link = document.createElement('a');
      link.href = runUrl + encodeURIComponent(value);
      link.rel = 'noopener noreferrer';
      link.textContent = value;
      td.append(link);
    } else td.textContent = value;
    return td;
  }

  function show() {
    const first = state.page * PAGE_ROWS;
    const page = found.slice(first, first + PAGE_ROWS);
    element('body').replaceChildren(
      ...page.map((row) => {
        const tr = document.createElement('tr');
        tr.append(...columns.map((_, column) => cell(row, column)));
        return tr;
      }),
    );
    const number = (value) => value.toLocaleString('en');
    element('shown').textContent =
      found.length === 0
        ? 'No row fits.'
        : `Rows ${number(first + 1)} to ${number(first + page.length)} of ${number(found.length)}` +
          (found.length < rows.length ? `, out of ${number(rows.length)}` : '');
    const lastPage = Math.max(0, Math.ceil(found.length / PAGE_ROWS) - 1);
    element('first').disabled = element('previous').disabled = state.page === 0;
    element('last').disabled = element('next').disabled = state.page >= lastPage;
    element('last').dataset.page = String(lastPage);
  }

  function turnTo(page) {
    state.page = page;
    show();
  }

  function showHead() {
    element('head').replaceChildren(
      ...columns.map((name, column) => {
        const th = document.createElement('th');
        const button = document.createElement('button');
        const isSorted = state.sortColumn === column;
        button.type = 'button';
        button.textContent = name + (isSorted ? (state.isDescending ? ' ▼' : ' ▲') : '');
        th.ariaSort = isSorted ? (state.isDescending ? 'descending' : 'ascending') : 'none';
        button.addEventListener('click', () => {
          state.isDescending = isSorted && !state.isDescending;
          state.sortColumn = column;
          showHead();
          find();
        });
        th.append(button);
        return th;
      }),
    );
  }

  function showStatuses() {
    const counts = new Map();
    for (const row of rows) counts.set(row[statusColumn], (counts.get(row[statusColumn]) ?? 0) + 1);
    const buttons = [...counts].map(([status, count]) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = status;
      button.textContent = `${status} ${count.toLocaleString('en')}`;
      button.ariaPressed = 'false';
      button.addEventListener('click', () => {
        state.status = state.status === status ? undefined : status;
        for (const other of buttons) other.ariaPressed = String(other === button && state.status === status);
        find();
      });
      return button;
    });
    element('statuses').replaceChildren(...buttons);
  }

  element('search').addEventListener('input', ({ target }) => {
    state.text = target.value;
    find();
  });
  element('first').addEventListener('click', () => turnTo(0));
  element('previous').addEventListener('click', () => turnTo(state.page - 1));
  element('next').addEventListener('click', () => turnTo(state.page + 1));
  element('last').addEventListener('click', ({ target }) => turnTo(Number(target.dataset.page)));
  showHead();
  showStatuses();
  show();
})();
