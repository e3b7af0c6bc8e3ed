type Listener = () => void;

// Listeners by what they listen to.
export class Topics {
  private readonly listeners = new Map<string, Set<Listener>>();

  get isEmpty(): boolean {
    return this.listeners.size === 0;
  }

  listen(topic: string, listener: Listener): () => void {
    const listeners = this.listeners.get(topic) ?? new Set();
    this.listeners.set(topic, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (!listeners.size && this.listeners.get(topic) === listeners) this.listeners.delete(topic);
    };
  }

  tell(...topics: string[]): void {
    for (const topic of topics) this.listeners.get(topic)?.forEach((listener) => listener());
  }

  tellAll(): void {
    this.tell(...this.listeners.keys());
  }
}
