/** A fact that is read once, when the first check needs it. */
export function lazy<T>(read: () => Promise<T>): () => Promise<T> {
  let fact: Promise<T> | undefined;
  return () => {
    fact ??= read();
    return fact;
  };
}
