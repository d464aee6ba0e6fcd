/** Something that falls due: what it is about is named by kind and id, so that a stale entry can be told from a live one. */
export interface Appointment {
  readonly atMs: number;
  readonly kind: 'dispatch' | 'finish' | 'expire';
  readonly id: number;
}

/** What falls due when, earliest first; of two at the same time the one that was added first. A binary heap. */
export class Agenda {
  readonly #heap: { readonly order: number; readonly appointment: Appointment }[] = [];
  #added = 0;

  add(appointment: Appointment): void {
    this.#heap.push({ order: this.#added, appointment });
    this.#added += 1;
    this.#rise(this.#heap.length - 1);
  }

  /** Takes the earliest appointment that is due at `nowMs`, if there is one. */
  takeDue(nowMs: number): Appointment | undefined {
    const first = this.#heap[0];
    if (!first || first.appointment.atMs > nowMs) return undefined;
    const last = this.#heap.pop();
    if (last && last !== first) {
      this.#heap[0] = last;
      this.#sink(0);
    }
    return first.appointment;
  }

  #rise(index: number): void {
    const parent = (index - 1) >> 1;
    if (index === 0 || !this.#before(index, parent)) return;
    this.#swap(index, parent);
    this.#rise(parent);
  }

  #sink(index: number): void {
    const [left, right] = [2 * index + 1, 2 * index + 2];
    const child = this.#before(right, left) ? right : left;
    if (!this.#before(child, index)) return;
    this.#swap(child, index);
    this.#sink(child);
  }

  #before(index: number, other: number): boolean {
    const [a, b] = [this.#heap[index], this.#heap[other]];
    if (!a || !b) return a !== undefined;
    return a.appointment.atMs === b.appointment.atMs ? a.order < b.order : a.appointment.atMs < b.appointment.atMs;
  }

  #swap(index: number, other: number): void {
    const [a, b] = [this.#heap[index], this.#heap[other]];
    if (!a || !b) return;
    this.#heap[index] = b;
    this.#heap[other] = a;
  }
}
