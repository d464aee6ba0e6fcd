import fc from 'fast-check';
import { Agenda } from '../../../src/sim/engine/jobs.js';

test('appointments come out by time, those of one time in the order they were added, and none before it is due', () => {
  const times = fc.array(fc.nat(20), { maxLength: 60 });
  fc.assert(
    fc.property(times, fc.nat(20), (all, nowMs) => {
      const agenda = new Agenda();
      const added = all.map((atMs, id) => ({ atMs, id, kind: 'dispatch' as const }));
      for (const appointment of added) agenda.add(appointment);
      const taken = [];
      for (let next = agenda.takeDue(nowMs); next; next = agenda.takeDue(nowMs)) taken.push(next);
      expect(taken).toEqual(added.filter(({ atMs }) => atMs <= nowMs).sort((a, b) => a.atMs - b.atMs || a.id - b.id));
    }),
  );
});
