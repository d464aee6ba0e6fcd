/** What the worker and the client of Restate agree on. */
const SERVICE = 'soar';

module.exports = { SERVICE };
