/*
 * The rules of when a scan is finished, as cases for the front door, one a line:
 *
 *   the case | the answers of progress | the answers of the report | the verdict | what else is given
 *
 * Answers come in turn, and the last one repeats; `completion-words.ts` says what each word stands for. The first answer
 * of the report is the baseline, and the first one of progress is read before the trigger. The Console's clock shows
 * 2026-11-20T09:29:00Z. The verdict is `passed` for a scan that is proven finished.
 */

export interface CaseTable {
  readonly rule: string;
  readonly mode: 'trigger' | 'await' | 'await-regular';
  readonly cases: string;
}

export const TABLES: readonly CaseTable[] = [
  {
    rule: 'Law 1: the report row is the truth, progress is the hint',
    mode: 'trigger',
    cases: `
      a scan that goes on until the timeout                  | - running          | old         | timed-out still-scanning
      a newer row beside a scan that runs in the same poll   | - running          | old new     | timed-out still-scanning
      never shown, and a newer row                           | -                  | old old new | passed
      progress that answers null shows nothing               | null               | old         | timed-out not-started
      another registry's scan, and our row stays old         | - running ended -  | old         | error unconfirmed
      one of two entries goes on                             | - 1/1.+0/1         | old new     | timed-out still-scanning
      both of two entries ended                              | - 1/1.+0/1 1/1.+1/1. - | old new | passed
      a row of another tag, however new                      | -                  | old new+other-tag | timed-out not-started
      a row of another tag that lists ours                   | -                  | old new+other-tag+lists-ours | timed-out not-started
      a row without a tag of its own that lists ours         | -                  | old new+no-tag+lists-ours | passed`,
  },
  {
    rule: 'Law 2: a proof is dated',
    mode: 'trigger',
    cases: `
      null at first, and an old row later                    | -                  | null old    | timed-out not-started
      the same with the end of our scan                      | - ended -          | null old    | error unconfirmed
      an older row first, and a less old one later           | -                  | 2026-11-19T08:00:00Z old | timed-out not-started
      four minutes before the baseline: clocks differ        | - ended -          | old 09:25:00 | passed
      a row that turns older                                 | -                  | new old     | timed-out not-started
      an old row of the future stays old                     | -                  | 2099-01-01T00:00:00Z | timed-out not-started
      the clock was set back by half a minute                | - ended -          | 09:29:20 09:29:10 | passed
      no Date, and a row later than the one before           | -                  | old~ new~   | passed
      no Date, no row before, and then a row                 | -~                 | null~ new~  | timed-out not-started | log-in=undated
      the same once progress has shown our scan              | -~ ended~ -~       | null~ new~  | error unconfirmed     | log-in=undated
      a report without a date is dated by other answers      | - ended -          | null~ new~  | passed
      last night's row, and a report three days behind       | - ended -          | null< 02:00:00 | error unconfirmed
      progress dates the rest where log-in and report lag    | - ended -          | null< 02:00:00 | error unconfirmed     | log-in=lagging
      the answer to the trigger dates nothing                | - ended -          | old new     | passed                | trigger=late
      a first read that is refused, and a row of the scan    | - running ended -  | 403 new     | passed
      the same with a row of three minutes before            | - running ended -  | 403 09:26:00 | error unconfirmed
      a row that Total-Count denies to the first read        | - running ended -  | denied-page page | error unconfirmed`,
  },
  {
    rule: 'Law 3: absence proves nothing',
    mode: 'trigger',
    cases: `
      counts that add up while the scan goes on              | - 1/1              | old         | timed-out still-scanning
      never shown, and only the old row                      | -                  | old         | timed-out not-started
      never shown, and the user may not read the report      | -                  | 403         | timed-out not-started
      lost for one poll, then running again, no report       | - running - running | 403        | timed-out still-scanning`,
  },
  {
    rule: 'Law 4: finished is not passed',
    mode: 'trigger',
    cases: `
      an error of the image scan, and a newer row without    | - 1/1.! -          | old new     | failed scan-error
      an error while the scan runs, and a clean end          | - 0/1? ended -     | old new     | failed scan-error
      an error of the discovery, and no newer row            | - running 1/1.? -  | old         | failed scan-error
      an error while the scan runs, which is then lost       | - 0/1! -           | old         | failed scan-error
      an error in one of two entries                         | - 0/1+0/1 1/1.+1/1.! - | old new | failed scan-error
      err in the newer row                                   | - ended -          | old new+err | failed scan-error
      errCode without err in the newer row                   | - ended -          | old new+errCode | failed scan-error
      err in the old row is history                          | - ended -          | old+err new | passed
      the counts of a stopped scan, and no newer row         | - running 0/1. -   | old         | failed scan-incomplete
      nothing to scan: the tag does not exist                | - 0/0. -           | null        | failed scan-incomplete
      the counts of a stopped scan, and a newer row of ours  | - 0/1. -           | old new     | passed`,
  },
  {
    rule: 'Law 5: a good row decides at once, a bad one has to stand',
    mode: 'trigger',
    cases: `
      another job's row with err first, ours is good         | -                  | old 09:29:30+err 09:29:30+err new | passed
      another digest first, then the one asked for           | - running -        | old+here 09:29:30+here new+here   | passed | by-digest
      another digest that stands                             | - ended -          | old+here new+here+old-digest      | failed digest-mismatch | by-digest
      the digest asked for                                   | - ended -          | old+here new+here | passed          | by-digest`,
  },
  {
    rule: 'Newer: of two answers about one scan the worse one counts',
    mode: 'trigger',
    cases: `
      compliance issues that only the compact form counts    | - | old new+clean+critical-issues//new+clean | failed compliance-cutoff | compliance-cutoff=critical
      vulnerabilities that only the compact form counts      | - | old new+clean+critical//new+clean  | failed severity-cutoff  | severity-cutoff=critical
      a missing coverage that only the compact form shows    | - | old new+clean+uncovered//new+clean | failed coverage-missing | severity-cutoff=critical
      a missing coverage that only the full form shows       | - | old new+clean//new+clean+uncovered | failed coverage-missing | severity-cutoff=critical
      an error that only the full form shows                 | - | old new+clean//new+clean+err       | failed scan-error
      an error that only the compact form shows              | - | old new+clean+err//new+clean       | failed scan-error
      an error that a later answer leaves out                | - | old new+err new                    | failed scan-error
      a digest that is another one in the full form          | - | old new//new+old-digest            | failed digest-mismatch  | new-digest
      findings that only the first of two rows has           | - running ended - | old new+clean+critical&new+clean+row-2 | failed severity-cutoff | severity-cutoff=critical
      findings that only the last of two rows has            | - running ended - | old new+clean&new+clean+critical+row-2 | failed severity-cutoff | severity-cutoff=critical
      an error that only the first of two rows has           | - running ended - | old new+clean+err&new+clean+row-2      | failed scan-error
      an error that only the last of two rows has            | - running ended - | old new+clean&new+clean+err+row-2      | failed scan-error
      a coverage that only the first of two rows misses      | - running ended - | old new+clean+uncovered&new+clean+row-2 | failed coverage-missing | severity-cutoff=critical
      a coverage that only the last of two rows misses       | - running ended - | old new+clean&new+clean+uncovered+row-2 | failed coverage-missing | severity-cutoff=critical
      another digest in the first of two rows                | - running ended - | old new+clean+old-digest&new+clean+row-2 | error report-unavailable | new-digest
      another digest in the last of two rows                 | - running ended - | old new+clean&new+clean+old-digest+row-2 | error report-unavailable | new-digest
      digests of an unexpected type in the first row         | - running ended - | old new+err+odd-digests&new+clean+row-2  | error invalid-response | report-timeout=20s
      digests of an unexpected type in the last row          | - running ended - | old new+clean&new+err+odd-digests+row-2  | error invalid-response | report-timeout=20s
      a full form without a list, whose counts say nothing   | - running ended - | old new+uncounted | error report-unavailable | severity-cutoff=low report-timeout=20s`,
  },
  {
    rule: 'The facts of a row',
    mode: 'trigger',
    cases: `
      counts without a list, and nothing says none is blocked | - running ended - | old new+two-low     | error report-unavailable | fail-on-policy=true
      the same with compliance issues                        | - running ended - | old new+two-issues  | error report-unavailable | fail-on-policy=true
      no word of compliance issues, of which one may block   | - running ended - | old new+clean+no-issues-field | error report-unavailable | fail-on-policy=true
      counted issues at the cutoff                           | - running ended - | old new+two-issues  | failed compliance-cutoff | compliance-cutoff=high
      counted issues below the cutoff                        | - running ended - | old new+two-issues  | passed                   | compliance-cutoff=critical
      issues counted without a severity may be critical      | - running ended - | old new+two-issues+of-no-severity | failed compliance-cutoff | compliance-cutoff=critical
      counted vulnerabilities below the cutoff               | - running ended - | old new+two-low     | passed                   | severity-cutoff=high
      a larger count beside them                             | - running ended - | old new+two-low+sixty | failed severity-cutoff | severity-cutoff=high
      a worse count than the list                            | - running ended - | old new+low+one-critical | failed severity-cutoff | severity-cutoff=high
      a status that nobody knows may be a fix                | - running ended - | old new+mitigated   | failed severity-cutoff   | severity-cutoff=high only-fixed=true
      a known status without a fix                           | - running ended - | old new+deferred    | passed                   | severity-cutoff=high only-fixed=true
      a field of an unexpected type that decides nothing     | - running ended - | old new+odd-cvss    | passed                   | severity-cutoff=high
      a severity of an unexpected type                       | - running ended - | old new+odd-severity | error report-unavailable | severity-cutoff=high
      a scan time of an unexpected type                      | - running ended - | old new+odd-time    | error invalid-response   | severity-cutoff=high`,
  },
  {
    rule: 'Before the trigger',
    mode: 'trigger',
    cases: `
      an unread end of an earlier scan proves nothing        | ended -            | old         | timed-out not-started
      its error is ignored                                   | 1/1.! - ended -    | old new     | passed
      the same where the user may not read the report        | ended -            | 403         | timed-out not-started
      a scan that runs before the trigger counts as ours     | running ended -    | old new     | passed
      beside an unread end no recent row is accepted         | ended - ended -    | 08:49:00 new | passed                | max-scan-age=1h
      the same, and a scan registers later                   | ended - running ended - | 08:49:00 08:49:00 new | passed    | max-scan-age=1h`,
  },
  {
    rule: 'After it: ended',
    mode: 'trigger',
    cases: `
      a newer row                                            | - running ended -  | old new     | passed
      the first row ever                                     | - running ended -  | null new    | passed
      the row comes late                                     | - running ended -  | old old old old new | passed
      the row never comes                                    | - running ended -  | old         | error unconfirmed
      the report never has a row                             | - running ended -  | null        | error unconfirmed
      the user may not read the report (403)                 | - running ended -  | 403         | passed
      the Console has no report (404)                        | - running ended -  | 404         | passed
      before all was scanned, and no report                  | - running 0/1. -   | 403         | failed scan-incomplete
      no report to carry the digest asked for                | - running ended -  | 403         | error report-unavailable | new-digest
      a row that carries no digest, and one is asked for     | - ended -          | null new+no-digest+no-id | error report-unavailable | new-digest`,
  },
  {
    rule: 'After it: [] after it ran',
    mode: 'trigger',
    cases: `
      a newer row: another client read the end               | - running -        | old new     | passed
      the newer row comes late                               | - running -        | old old old new | passed
      no newer row                                           | - running -        | old         | error unconfirmed`,
  },
  {
    rule: 'After it: no answer, and refusals',
    mode: 'trigger',
    cases: `
      progress answers 400 once in mid-scan                  | - running 400 ended - | old old new | passed
      progress answers 403 once in mid-scan                  | - running 403 ended - | old old new | passed
      progress answers 404 once in mid-scan                  | - running 404 ended - | old old new | passed
      progress answers 403 for good in mid-scan              | - running 403      | old         | error forbidden
      one unanswered poll, and a row of what may still run   | - running 503 running | old new  | timed-out still-scanning
      the report answers 403 in mid-scan, and then the row   | - running ended -  | old 403 new | passed`,
  },
  {
    rule: 'The deadline',
    mode: 'trigger',
    cases: `
      the final poll finds the end                           | - running ended -  | old new     | passed                   | timeout=90s poll-interval=1h
      the final poll finds the scan running                  | - running          | old         | timed-out still-scanning | timeout=90s poll-interval=1h
      a start-timeout beyond the timeout is cut to it        | -                  | old         | timed-out not-started    | timeout=1m start-timeout=5m
      the timeout comes before the row                       | - running ended -  | old         | timed-out still-scanning | timeout=1m report-timeout=5m`,
  },
  {
    rule: 'In await',
    mode: 'await',
    cases: `
      running, ended, and a newer row                        | running ended -    | old new     | passed
      running for good                                       | running            | old         | timed-out still-scanning
      lost after running, and only the old row               | running -          | old         | error unconfirmed
      never shown, and the row turns newer                   | -                  | old old new | passed
      never shown, and a row that stays                      | -                  | new         | timed-out not-started`,
  },
  {
    rule: 'Over before we came',
    mode: 'await',
    cases: `
      only the row of before                                 | ended -            | new         | error unconfirmed
      its row lags behind                                    | ended -            | old old new | passed
      the new scan registers a second later                  | ended - running ended - | old old new | passed
      the new scan registers, and its row never comes        | ended - running ended - | old    | error unconfirmed
      the row that is there carries the digest               | ended -            | old+here+new-digest | passed           | by-digest
      the row that is there carries another digest           | ended -            | old+here    | error unconfirmed        | by-digest
      with an error, and no report                           | 1/1.! -            | 403         | failed scan-error
      without a report                                       | ended -            | 403         | passed
      max-scan-age allows the row                            | ended -            | old         | passed recent-scan       | max-scan-age=2h`,
  },
  {
    rule: 'With max-scan-age, in await',
    mode: 'await',
    cases: `
      a scan of a moment ago                                 | - running ended -  | 09:28:59    | passed recent-scan       | max-scan-age=1h
      a scan of 61 minutes ago                               | - running ended -  | 08:28:00 new | passed                  | max-scan-age=1h
      a scan that failed                                     | - running ended -  | 09:28:00+err new | passed              | max-scan-age=1h
      no row while a scan runs                               | running            | old         | timed-out still-scanning | max-scan-age=2h`,
  },
  {
    rule: 'With max-scan-age, a scan',
    mode: 'trigger',
    cases: `
      of a moment ago                                        | - running ended -  | 09:28:59    | passed recent-scan       | max-scan-age=1h
      of 59 minutes ago                                      | - running ended -  | 08:30:00    | passed recent-scan       | max-scan-age=1h
      of 61 minutes ago                                      | - running ended -  | 08:28:00 new | passed                  | max-scan-age=1h
      of a year ago                                          | - running ended -  | 2025-11-20T09:29:00Z new | passed      | max-scan-age=1h
      stamped by a clock half a minute ahead                 | - running ended -  | 09:29:30    | passed recent-scan       | max-scan-age=1h
      of an hour ahead, which is no time                     | - running ended -  | 10:29:00 new | passed                  | max-scan-age=1h
      of years ahead                                         | - running ended -  | 2032-11-20T09:29:00Z new | passed      | max-scan-age=1h
      of a minute ago, without a date                        | -~ running ended -  | 09:28:00~ new | passed                 | max-scan-age=1h log-in=undated
      of a minute ago, with a senseless date                 | -~ running ended -  | 09:28:00?today new | passed            | max-scan-age=1h log-in=undated
      in an answer that a cache kept for an hour             | - running ended -  | 09:28:00%3600 10:30:00 | passed        | max-scan-age=1h
      in an answer that a cache kept for half an hour        | - running ended -  | 09:28:00%1800 | passed recent-scan     | max-scan-age=1h
      in an answer that a cache kept nobody knows how long   | -~ running ended -  | 09:28:00%long new | passed             | max-scan-age=1h log-in=undated
      of three days ago in a lagging report                  | -                  | 2026-11-17T09:00:00Z< | timed-out not-started | max-scan-age=1h
      that failed                                            | - running ended -  | 09:28:00+err new | passed              | max-scan-age=1h
      that never was                                         | - running ended -  | 0001-01-01T00:00:00Z new | passed      | max-scan-age=1h
      that turns out to have failed when read in full        | - running ended -  | 09:28:00//09:28:00+err 09:28:00//09:28:00+err new | passed | max-scan-age=1h
      that the user may not read                             | - running ended -  | 403         | passed                   | max-scan-age=1h
      that is not there                                      | - running ended -  | null null new | passed                 | max-scan-age=1h
      of the digest asked for                                | - running ended -  | 09:28:00    | passed recent-scan       | max-scan-age=1h old-digest
      of the digest asked for without a tag                  | - running ended -  | 09:28:00    | passed recent-scan       | max-scan-age=1h old-digest tag=
      of another digest                                      | - running ended -  | 09:28:00+here new+here | passed        | max-scan-age=1h by-digest
      of no digest, and one is asked for                     | - running ended -  | 09:28:00+here+no-digest 09:28:00+here+no-digest new+here | passed | max-scan-age=1h by-digest
      of another tag                                         | - running ended -  | 09:28:00+other-tag 09:28:00+other-tag new | passed        | max-scan-age=1h
      under a gate that is open                              | - running ended -  | 09:28:00+high | passed recent-scan     | max-scan-age=1h severity-cutoff=critical
      under a gate that is shut: no new scan is needed       | - running ended -  | 09:28:00+high | failed severity-cutoff | max-scan-age=1h severity-cutoff=high untriggered
      under a gate, and its findings may not be read         | - running ended -  | 09:28:00//403 | error report-unavailable | max-scan-age=1h severity-cutoff=high untriggered
      of an uncovered system, under a gate                   | - running ended -  | 09:28:00+clean+uncovered | failed coverage-missing | max-scan-age=1h severity-cutoff=critical untriggered`,
  },
  {
    rule: 'The regular scan',
    mode: 'await-regular',
    cases: `
      every entry ended, and nothing runs ten seconds later  | 0/1+0/1 1/1.+1/1. -                   | null | passed
      one registry is still under scan                       | 1/1.+0/1                              | null | timed-out still-scanning
      a gap between two batches, and the second goes on      | running ended - running               | null | timed-out still-scanning
      a gap between two batches, and the second ends         | running ended - running ended -       | null | passed
      stopped at 3 of 10                                     | 3/10 3/10. -                          | null | failed scan-incomplete
      stopped, and progress shows nothing any more           | 3/10 -                                | null | failed scan-incomplete
      incomplete in the first batch, complete in the second  | 3/10 3/10. running ended -            | null | failed scan-incomplete
      an unread end of last night is nothing to wait for     | ended -                               | null | timed-out not-started
      empty from the start                                   | -                                     | null | timed-out not-started
      an error in one registry                               | 0/1+0/1 1/1.+1/1.? -                  | null | failed scan-error
      a registry at 3 of 10 vanishes while another one ends  | a3/10+b1/10 b5/10 b10/10. -           | null | failed scan-incomplete
      its place is taken by the next one                     | a3/10+b1/10 c5/20+b4/10 c20/20.+b10/10. - | null | failed scan-incomplete
      the same without titles                                | 3/10+1/10 5/10 10/10. -               | null | failed scan-incomplete
      a registry vanishes, comes back and ends               | a3/10+b1/10 b5/10 a10/10.+b10/10. -   | null | passed
      last night's error beside a registry that runs         | a0/10.!+b1/10 b10/10. -               | null | passed
      an error after the first poll, before any was running  | - a10/10.! b1/10 b10/10. -            | null | failed scan-error`,
  },
];
