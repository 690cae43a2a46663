/** A fact that is read when the first check needs it, and once. */
export function lazy<T>(read: () => Promise<T>): () => Promise<T> {
  let fact: Promise<T> | undefined;
  return () => {
    fact ??= read();
    return fact;
  };
}
