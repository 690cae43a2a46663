import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isTrustedRealm, parseChallenges } from '../../src/registry/challenge.ts';

const plain = (header: string | undefined): unknown =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

describe('A header of challenges', () => {
  test.each<[string, string | undefined, unknown]>([
    ['that is absent has none', undefined, []],
    ['that is empty has none', '', []],
    ['may be a scheme alone', 'Basic', [['basic', {}]]],
    ['has parameters', 'Basic realm="octo"', [['basic', { realm: 'octo' }]]],
    [
      'has a comma within quotes',
      'Bearer realm="https://a.example.com/token",service="a",scope="repository:shop/cart:pull,push"',
      [
        [
          'bearer',
          { realm: 'https://a.example.com/token', service: 'a', scope: 'repository:shop/cart:pull,push' },
        ],
      ],
    ],
    [
      'may hold several',
      'Basic realm="x", Bearer realm="https://a.example.com/t", service=a , Negotiate',
      [
        ['basic', { realm: 'x' }],
        ['bearer', { realm: 'https://a.example.com/t', service: 'a' }],
        ['negotiate', {}],
      ],
    ],
    [
      'has escaped quotes',
      String.raw`Basic realm="a \"b\" \\ c"`,
      [['basic', { realm: String.raw`a "b" \ c` }]],
    ],
    [
      'has names in any case and space around the sign',
      'BEARER Realm = "r" , SERVICE=s',
      [['bearer', { realm: 'r', service: 's' }]],
    ],
    ['has the first of a parameter given twice', 'Bearer realm="a",realm="b"', [['bearer', { realm: 'a' }]]],
    [
      'ends at a quote that is never closed',
      'Bearer service="s",realm="a',
      [['bearer', { service: 's', realm: '' }]],
    ],
    ['ends at what is no challenge', 'Bearer realm="a", {"json": true}', [['bearer', { realm: 'a' }]]],
  ])('%s', (_name, header, expected) => {
    expect(plain(header)).toEqual(expected);
  });

  test('is read to its end, whatever it is', () => {
    const pieces = fc.constantFrom('Bearer', 'Basic', ' ', ',', '=', '"', '\\', 'realm', 'a', '\t', '{', 'é');
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (texts) => {
        expect(Array.isArray(parseChallenges(texts.join('')))).toBe(true);
      }),
    );
  });
});

describe('A token server is trusted', () => {
  test.each([
    ['Docker Hub', 'https://registry-1.docker.io', 'https://auth.docker.io/token'],
    ['GHCR', 'https://ghcr.io', 'https://ghcr.io/token'],
    ['Artifact Registry', 'https://europe-docker.pkg.dev', 'https://europe-docker.pkg.dev/v2/token'],
    ['Container Registry of Google', 'https://eu.gcr.io', 'https://eu.gcr.io/v2/token'],
    ['ACR', 'https://octo.azurecr.io', 'https://octo.azurecr.io/oauth2/token'],
    ['Quay', 'https://quay.io', 'https://quay.io/v2/auth'],
    ['GitLab', 'https://registry.gitlab.com', 'https://gitlab.com/jwt/auth'],
    ['GitLab with a port', 'https://gitlab.example.com:5050', 'https://gitlab.example.com/jwt/auth'],
    ['GitLab in a company', 'https://registry.git.example.co.uk', 'https://git.example.co.uk/jwt/auth'],
    ['Harbor', 'https://harbor.example.com:8443', 'https://harbor.example.com:8443/service/token'],
    ['Artifactory', 'https://octo.jfrog.io', 'https://octo.jfrog.io/artifactory/api/docker/v2/token'],
    [
      'Alibaba',
      'https://registry.cn-hangzhou.aliyuncs.com',
      'https://dockerauth.cn-hangzhou.aliyuncs.com/auth',
    ],
    ['NVIDIA', 'https://nvcr.io', 'https://authn.nvidia.com/token'],
    ['DigitalOcean', 'https://registry.digitalocean.com', 'https://api.digitalocean.com/v2/registry/auth'],
    ['another port', 'https://registry.example.com', 'https://registry.example.com:8443/token'],
    ['the usual port', 'https://registry.example.com:5000', 'https://registry.example.com/token'],
    ['an address', 'https://192.0.2.7:5000', 'https://192.0.2.7:5000/token'],
    ['loopback', 'http://127.0.0.1:5000', 'http://localhost:5001/token'],
    ['loopback with TLS', 'https://localhost:5000', 'https://127.0.0.1:5001/token'],
  ])('of %s', (_name, registry, realm) => {
    expect(isTrustedRealm(new URL(registry), new URL(realm))).toBe(true);
  });

  test.each([
    ['of another domain', 'https://registry.example.com', 'https://evil.example.net/token'],
    ['of a domain that only ends like it', 'https://registry.example.com', 'https://notexample.com/token'],
    ['of a domain that contains it', 'https://registry.example.com', 'https://example.com.evil.net/token'],
    ['without TLS', 'https://registry.example.com', 'http://registry.example.com/token'],
    ['of a scheme of its own', 'https://registry.example.com', 'ftp://registry.example.com/token'],
    ['with a user in its address', 'https://registry.example.com', 'https://x@registry.example.com/token'],
    [
      'of another port of another host',
      'https://registry.example.com',
      'https://auth.example.com:8443/token',
    ],
    ['of another port without TLS', 'https://registry.example.com', 'http://registry.example.com:8443/token'],
    ['of Docker Hub for others', 'https://registry.example.com', 'https://auth.docker.io/token'],
    ['on loopback', 'https://registry.example.com', 'https://127.0.0.1/token'],
    ['on loopback without TLS', 'https://registry.example.com', 'http://localhost/token'],
    ['elsewhere for loopback', 'http://127.0.0.1:5000', 'https://auth.example.com/token'],
    [
      'of a name that only looks like loopback',
      'http://127.0.0.1:5000',
      'https://127.0.0.1.example.com/token',
    ],
    ['of another address', 'https://192.0.2.7', 'https://192.0.2.8/token'],
    ['of an address with the same end', 'https://10.0.2.7', 'https://192.0.2.7/token'],
    ['of the metadata of a cloud', 'https://registry.example.com', 'http://169.254.169.254/token'],
    ['of strangers under a top-level domain', 'https://example.co.uk', 'https://other.co.uk/token'],
    ['of strangers under a shared domain', 'https://octo.azurecr.io', 'https://evil.azurecr.io/token'],
    [
      'of strangers with a bucket',
      'https://1234.dkr.ecr.eu-west-1.amazonaws.com',
      'https://evil.s3.amazonaws.com/token',
    ],
    [
      'of strangers with a bucket at Alibaba',
      'https://registry.cn-hangzhou.aliyuncs.com',
      'https://dockerauth.oss-cn-hangzhou.aliyuncs.com.evil.net/auth',
    ],
    ['of a host without a domain', 'https://registry', 'https://other/token'],
  ])('that is not the one %s', (_name, registry, realm) => {
    expect(isTrustedRealm(new URL(registry), new URL(realm))).toBe(false);
  });
});
