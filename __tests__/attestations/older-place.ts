import { createHash, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { KEEPER, type Registry } from '../workflow/registry.ts';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const STATEMENT = 'application/vnd.in-toto+json';

export interface Attestation {
  readonly type: string;
  readonly predicate: unknown;
  /** Who signs; by default the key of the signer. */
  readonly by?: KeyObject;
}

interface Descriptor {
  readonly digest: string;
  readonly size: number;
}

/**
 * Signs and stores attestations as `cosign attest --new-bundle-format=false` does: envelopes in one manifest, whose tag
 * follows from the image's digest, the oldest first. Each call replaces what was there.
 */
export class OlderPlace {
  readonly publicKey: string;
  readonly #key: KeyObject;
  readonly #registry: Registry;

  constructor(registry: Registry) {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    this.#registry = registry;
    this.#key = privateKey;
    this.publicKey = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  }

  async attest(repo: string, digest: string, attestations: readonly Attestation[]): Promise<void> {
    const layers: object[] = [];
    for (const attestation of attestations) {
      const envelope = await this.#blob(repo, JSON.stringify(this.#envelope(repo, digest, attestation)));
      const annotations = { 'dev.cosignproject.cosign/signature': '', predicateType: attestation.type };
      layers.push({ mediaType: ENVELOPE, ...envelope, annotations });
    }
    const config = await this.#blob(
      repo,
      JSON.stringify({ architecture: '', os: '', config: {}, rootfs: { type: 'layers' } }),
    );
    const manifest = {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: { mediaType: CONFIG, ...config },
      layers,
    };
    const path = `manifests/${digest.replace(':', '-')}.att`;
    await this.#put(`${this.#base(repo)}/${path}`, JSON.stringify(manifest), MANIFEST);
  }

  #envelope(repo: string, digest: string, { type, predicate, by = this.#key }: Attestation): object {
    const subject = [
      { name: `${this.#registry.name}/${repo}`, digest: { sha256: digest.replace('sha256:', '') } },
    ];
    const statement = JSON.stringify({
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: type,
      subject,
      predicate,
    });
    const payload = Buffer.from(statement);
    const signed = Buffer.concat([
      Buffer.from(`DSSEv1 ${STATEMENT.length} ${STATEMENT} ${payload.length} `),
      payload,
    ]);
    const sig = createSign('sha256').update(signed).sign(by).toString('base64');
    return { payloadType: STATEMENT, payload: payload.toString('base64'), signatures: [{ keyid: '', sig }] };
  }

  async #blob(repo: string, text: string): Promise<Descriptor> {
    const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
    const started = await this.#send(`${this.#base(repo)}/blobs/uploads/`, { method: 'POST' });
    const target = new URL(started.headers.get('location') ?? '', this.#base(repo));
    target.searchParams.set('digest', digest);
    await this.#put(target.href, text, 'application/octet-stream');
    return { digest, size: Buffer.byteLength(text) };
  }

  async #put(url: string, body: string, type: string): Promise<void> {
    await this.#send(url, { method: 'PUT', body, headers: { 'content-type': type } });
  }

  async #send(url: string, init: RequestInit): Promise<Response> {
    const authorization = `Basic ${Buffer.from(`${KEEPER.username}:${KEEPER.password}`).toString('base64')}`;
    const response = await fetch(url, { ...init, headers: { ...init.headers, authorization } });
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`);
    return response;
  }

  #base(repo: string): string {
    return `http://${this.#registry.name}/v2/${repo}`;
  }
}
