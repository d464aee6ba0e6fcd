import { Heap } from 'heap-js';

/** Something that falls due. It names its record by kind and id, so that the engine can ignore it where the record has moved on. */
export interface Appointment {
  readonly atMs: number;
  readonly kind: 'dispatch' | 'finish' | 'expire';
  readonly id: number;
}

/** What falls due when, earliest first. Of two at the same time the one that was added first comes first. */
export class Agenda {
  readonly #heap = new Heap<{ readonly order: number; readonly appointment: Appointment }>(
    (a, b) => a.appointment.atMs - b.appointment.atMs || a.order - b.order,
  );
  #added = 0;

  add(appointment: Appointment): void {
    this.#heap.push({ order: this.#added, appointment });
    this.#added += 1;
  }

  /** Takes the earliest appointment that is due at `nowMs`, if there is one. */
  takeDue(nowMs: number): Appointment | undefined {
    const first = this.#heap.peek()?.appointment;
    if (!first || first.atMs > nowMs) return undefined;
    this.#heap.pop();
    return first;
  }
}
