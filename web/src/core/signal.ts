/** A value that tells its listeners when it changes. */
export class Signal<T> {
  private listeners = new Set<(value: T) => void>();

  constructor(private current: T) {}

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    if (Object.is(value, this.current)) return;
    this.current = value;
    for (const listener of [...this.listeners]) listener(value);
  }

  /** Call `listener` on every change; the answer ends it. */
  on(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** As `on`, and once right away. */
  watch(listener: (value: T) => void): () => void {
    listener(this.current);
    return this.on(listener);
  }
}
