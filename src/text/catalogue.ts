import type { Because, ChecksDone, ScanFinished, SecretLate, Stopped } from '../policy/because.ts';
import { formatDuration } from '../scan/duration.ts';
import { callFailedText } from './call-text.ts';
import type { Description, SentenceSubject } from './description.ts';
import { gatesNotMetText } from './gate-text.ts';
import { absentPlatformText, registryUnreadText } from './identity-text.ts';
import { plural } from './plural.ts';
import { TOOL } from './version.ts';

/** The sentences about the facts of a decision. Every message about a result is made here. */
export function describe(because: Because, about: SentenceSubject): Description {
  const { name } = about;
  switch (because.kind) {
    case 'scan-finished':
      return { what: finishedText(because, name), todo: promotionText(because), brief: 'passed' };
    case 'gates-not-met':
      return gatesNotMetText(because.gates, name);
    case 'platform-absent':
      return absentPlatformText(because, name);
    case 'registry-unread':
      return registryUnreadText(because, name);
    case 'call-failed':
      return callFailedText(because, name);
    case 'wrong-input':
      return wrongInputText(because.message);
    case 'stopped':
      return stoppedText(because);
    case 'checks-done':
      return checksText(because);
    case 'secret-late':
      return secretLateText(because);
    case 'outputs-lost':
      return outputsLostText(because.message);
    case 'defect':
      return defectText(because.message, about.issuesPage);
  }
}

function finishedText({ proof, scanTime = 'an unknown time' }: ScanFinished, name: string): string {
  switch (proof) {
    case 'report':
      return `The scan of ${name} is finished; the report shows the scan of ${scanTime}.`;
    case 'progress':
      return `The scan of ${name} is finished.`;
    case 'progress-lost':
      return `The scan of ${name} is finished, as far as progress shows.`;
    case 'digest':
      return `The scan of ${name} had finished before this step started; the report has the digest.`;
    case 'recent':
      return `The scan of ${name} of ${scanTime} is recent enough for max-scan-age.`;
  }
}

/** The advice on promotion. A regular scan has no image to promote, and some rows give no digest. */
function promotionText({ mode, imageByDigest }: ScanFinished): string {
  if (mode === 'await-regular') {
    return 'The report has the findings of each image; gate an image with mode await or max-scan-age before it is promoted.';
  }
  return imageByDigest === undefined
    ? 'The report gives no digest to promote by: promote by tag only if no other job can have moved the tag since.'
    : `Promote ${imageByDigest}`;
}

function stoppedText({ signal, seen }: Stopped): Description {
  return {
    what: signal === undefined ? 'The run was stopped.' : `Stopped by ${signal}.`,
    todo: seen.wasRequested
      ? 'The scan goes on in the Console, where it cannot be stopped; run again with mode await to join it.'
      : 'Run again.',
    brief: signal === undefined ? 'the run was stopped' : `stopped by ${signal}`,
  };
}

function checksText({ failed, counts }: ChecksDone): Description {
  const all = plural(counts.ok + counts.failed + counts['cannot-tell'], 'check');
  if (failed.length > 0) {
    const brief = `${failed.length} of ${all} failed: ${failed.join(', ')}`;
    return { what: `${brief}.`, todo: 'Fix the failed checks; each line says how.', brief };
  }
  const unknown = counts['cannot-tell'];
  const brief = `${counts.ok} of ${all} passed${unknown === 0 ? '' : `, ${unknown} cannot be decided`}, and none failed`;
  return {
    what: `${brief}.`,
    todo: 'The gate can run with these inputs; whether the user may start a scan shows in the first run.',
    brief,
  };
}

function wrongInputText(message: string): Description {
  return {
    what: ended(message),
    todo: 'Correct the input; nothing was sent to the Console.',
    brief: message,
  };
}

function secretLateText({ flag, timeoutMs }: SecretLate): Description {
  const brief = `${flag} had no end within ${formatDuration(timeoutMs)}`;
  return {
    what: `${brief}; nothing was sent to the Console.`,
    todo: 'Whatever writes the secret has to close its end: printf %s "$PASSWORD" | …, or a file.',
    brief,
  };
}

function outputsLostText(message: string): Description {
  return {
    what: `The scan passed, but the outputs could not be written: ${ended(message)}`,
    todo: 'A later step would not find the verdict, so this is no pass. Free the disk, or correct what the variable GITHUB_OUTPUT names, and run again.',
    brief: `the outputs could not be written (${message})`,
  };
}

function defectText(message: string, issuesPage: string | undefined): Description {
  const place = issuesPage === undefined ? '' : ` at ${issuesPage}`;
  return {
    what: ended(message),
    todo: `This is a defect of ${TOOL}. Please report it with this log${place}.`,
    brief: message,
  };
}

/** The message of an error as a sentence. */
function ended(sentence: string): string {
  return /[.!?…]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** The page for new issues, if the documentation is on a forge that has one. */
export function issuesPageOf(reasonsPage: string): string | undefined {
  const repository = /^(https:\/\/[^/]+\/[^/]+\/[^/]+)\/blob\//.exec(reasonsPage)?.[1];
  return repository === undefined ? undefined : `${repository}/issues`;
}
