import type { ImageScript } from '../scenario.ts';
import { digestOf, earlierScan, imageScript, scanScript } from '../script.ts';
import { findingSet } from './finding-sets.ts';
import { fewFindings } from './findings.ts';
import { hostileTexts } from './hostile-findings.ts';

const shop = 'registry.example.com';
/** Configured with its scheme, so that the Console spells it so in every name. */
const team = 'https://quay.team.example';

/** An image for every way in which a scan can go. */
export function sampleImages(): ImageScript[] {
  return [...quickly(), ...inTheirTime(), ...withFindings(), ...failing(), ...oddly()];
}

function quickly(): ImageScript[] {
  return [
    imageScript({
      repo: 'library/alpine',
      tag: '3.16',
      scans: [scanScript({ registerDelayMs: 200, discoveryMs: 800, scanMs: 3_000 })],
      earlier: earlierScan(),
    }),
    imageScript({
      registry: shop,
      repo: 'shop/fast',
      tag: '1.0',
      scans: [scanScript({ registerDelayMs: 200, discoveryMs: 300, scanMs: 1_500 })],
    }),
  ];
}

function inTheirTime(): ImageScript[] {
  return [
    imageScript({
      registry: shop,
      repo: 'shop/medium',
      tag: '1.0',
      scans: [scanScript({ registerDelayMs: 500, discoveryMs: 1_500, scanMs: 6_000, findings: fewFindings })],
      earlier: earlierScan({ scanMs: 7_400, findings: fewFindings }),
    }),
    imageScript({
      registry: shop,
      repo: 'shop/slow',
      tag: '1.0',
      scans: [scanScript({ registerDelayMs: 2_000, discoveryMs: 5_000, scanMs: 35_000, closingMs: 3_000 })],
    }),
  ];
}

function withFindings(): ImageScript[] {
  return [
    reported('shop/payments', '2.3', 'severe'),
    reported('shop/fixable', '1.0', 'fixable'),
    reported('shop/unfixable', '1.0', 'unfixable'),
    reported('shop/blocked', '1.4', 'blocked'),
    reported('shop/graced', '1.0', 'graced'),
    reported('shop/noncompliant', '1.0', 'noncompliant'),
    reported('shop/spellings', '1.0', 'spellings'),
    reported('shop/unheard', '1.0', 'unheard'),
    reported('shop/huge', '1.0', 'huge'),
    { ...reported('shop/hostile', '1.0', 'hostile'), distro: hostileTexts.join('') },
  ];
}

function reported(repo: string, tag: string, set: string): ImageScript {
  const distro = 'Debian GNU/Linux 11 (bullseye)';
  return imageScript({ registry: shop, repo, tag, distro, scans: [scanScript(findingSet(set))] });
}

function failing(): ImageScript[] {
  return [
    imageScript({
      registry: shop,
      repo: 'shop/broken',
      tag: '1.0',
      scans: [scanScript({ outcome: 'scan-error' })],
      earlier: earlierScan(),
    }),
    imageScript({
      registry: shop,
      repo: 'shop/unlisted',
      tag: '1.0',
      scans: [
        scanScript({
          discoveryMs: 2_500,
          outcome: 'discovery-error',
          errorText: 'failed to list tags: 403 Forbidden',
        }),
      ],
    }),
    imageScript({
      registry: shop,
      repo: 'shop/corrupt',
      tag: '1.0',
      scans: [scanScript({ outcome: 'report-error', errorText: 'failed to extract layer: unexpected EOF' })],
    }),
  ];
}

function oddly(): ImageScript[] {
  return [
    imageScript({
      registry: team,
      repo: 'team/moved',
      tag: 'latest',
      scans: [scanScript({ digest: digestOf('pushed again while the scan was starting') })],
    }),
    imageScript({
      registry: team,
      repo: 'team/legacy',
      tag: '5',
      distro: 'Scratchwood Linux 5',
      coverageMissing: true,
    }),
    imageScript({
      registry: team,
      repo: 'team/silent',
      tag: '1.0',
      scans: [scanScript({ shownInProgress: false })],
    }),
    imageScript({
      registry: team,
      repo: 'team/watched',
      tag: '1.0',
      scans: [scanScript({ readElsewhereAfterMs: 0 })],
    }),
    imageScript({ registry: team, repo: 'team/late', tag: '1.0', scans: [scanScript({ rowLagMs: 20_000 })] }),
    imageScript({
      registry: team,
      repo: 'team/unread',
      tag: '1.0',
      scans: [scanScript({ registerDelayMs: 4_000 })],
      earlier: earlierScan({ agoMs: 600_000, unread: true }),
    }),
    imageScript({ registry: team, repo: 'platform/base', tag: '12' }),
    imageScript({ registry: shop, repo: 'platform/base', tag: '12', scans: [scanScript({ scanMs: 5_000 })] }),
  ];
}
