import type { Finding } from '../scan/finding.ts';

/** A finding that somebody accepted for a while, and why. */
export interface Exception {
  readonly id: string;
  readonly reason: string;
  /** The last day it holds, `2026-12-31`, in UTC. */
  readonly until: string;
  /** The package it is about, `*` standing for any text; undefined for every package. */
  readonly package: string | undefined;
  /** The image it is about, by its full reference, `*` standing for any text; undefined for every image. */
  readonly image: string | undefined;
}

/** Whether the exception still holds on a day, `2026-12-31`. */
export function isInForce(exception: Exception, today: string): boolean {
  return today <= exception.until;
}

/** Whether the exception speaks of a finding in the image of this name, in force or not. */
export function speaksOf(exception: Exception, finding: Finding, imageName: string): boolean {
  return (
    exception.id.toLowerCase() === finding.id.toLowerCase() &&
    (exception.package === undefined || matches(exception.package, finding.packageName)) &&
    (exception.image === undefined || speaksOfImage(exception.image, imageName))
  );
}

function speaksOfImage(pattern: string, imageName: string): boolean {
  // Docker Hub goes without saying, and a digest that was asked for as well makes it no other image.
  const ofHub = pattern.replace(/^(?:index\.)?docker\.io\//, '');
  return matches(ofHub, imageName) || matches(ofHub, imageName.replace(/@sha256:[0-9a-f]{64}$/, ''));
}

/** Whether a text is as a pattern says, in which `*` stands for any text. Takes time in proportion to both. */
export function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
