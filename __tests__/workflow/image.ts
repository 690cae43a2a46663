import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const ATTESTATION = 'application/vnd.docker.attestation.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

export interface ImageContent {
  /** The one file in it, which distinguishes it from other images. */
  readonly text: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** Instead of `labels`, for the images of some architectures. */
  readonly labelsOf?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** One image for each; in an index if there are several. */
  readonly architectures?: readonly string[];
  /** An attestation for each, in an index even for a single image, as BuildKit writes them. */
  readonly attestations?: 'none' | 'images' | 'artifacts';
}

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
}

/** Writes an OCI image layout, which skopeo takes as `oci:FOLDER:image`, and gives the digest of what it holds. */
export async function layImage(folder: string, content: ImageContent): Promise<string> {
  const { architectures = ['amd64'], attestations = 'none' } = content;
  await mkdir(join(folder, 'blobs', 'sha256'), { recursive: true });
  const blob = async (mediaType: string, bytes: Buffer): Promise<Descriptor> => {
    const hash = createHash('sha256').update(bytes).digest('hex');
    await writeFile(join(folder, 'blobs', 'sha256', hash), bytes);
    return { mediaType, digest: `sha256:${hash}`, size: bytes.length };
  };
  const json = (mediaType: string, value: object): Promise<Descriptor> =>
    blob(mediaType, Buffer.from(JSON.stringify({ ...value, mediaType })));

  const image = async (architecture: string): Promise<Descriptor> => {
    const files = tarOf('etc/release', `${content.text} on ${architecture}\n`);
    const layer = await blob('application/vnd.oci.image.layer.v1.tar+gzip', gzipSync(files));
    const configuration = {
      os: 'linux',
      architecture,
      config: { Labels: content.labelsOf?.[architecture] ?? content.labels ?? {} },
      rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(files).digest('hex')}`] },
    };
    const config = await blob(CONFIG, Buffer.from(JSON.stringify(configuration)));
    const manifest = await json(MANIFEST, { schemaVersion: 2, config, layers: [layer] });
    return { ...manifest, platform: { os: 'linux', architecture } };
  };

  const attestation = async (subject: Descriptor, form: 'images' | 'artifacts'): Promise<Descriptor> => {
    const statement = {
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://slsa.dev/provenance/v1',
      subject: [{ name: 'image', digest: { sha256: subject.digest.slice('sha256:'.length) } }],
      predicate: {},
    };
    const layer = {
      ...(await blob('application/vnd.in-toto+json', Buffer.from(JSON.stringify(statement)))),
      annotations: { 'in-toto.io/predicate-type': statement.predicateType },
    };
    const rootfs = { type: 'layers', diff_ids: [layer.digest] };
    const [config, more] =
      form === 'images'
        ? [{ architecture: 'unknown', os: 'unknown', config: {}, rootfs }, {}]
        : [{}, { artifactType: ATTESTATION, subject: { ...subject, platform: undefined } }];
    const configType = form === 'images' ? CONFIG : 'application/vnd.oci.empty.v1+json';
    const manifest = await json(MANIFEST, {
      schemaVersion: 2,
      ...more,
      config: await blob(configType, Buffer.from(JSON.stringify(config))),
      layers: [layer],
    });
    return {
      ...manifest,
      ...(form === 'artifacts' && { artifactType: ATTESTATION }),
      annotations: {
        'vnd.docker.reference.digest': subject.digest,
        'vnd.docker.reference.type': 'attestation-manifest',
      },
      platform: { architecture: 'unknown', os: 'unknown' },
    };
  };

  const images = await Promise.all(architectures.map(image));
  const attested =
    attestations === 'none' ? [] : await Promise.all(images.map((each) => attestation(each, attestations)));
  const [only, ...others] = [...images, ...attested];
  const top =
    only !== undefined && others.length === 0
      ? only
      : await json(INDEX, { schemaVersion: 2, manifests: [...images, ...attested] });
  await writeFile(join(folder, 'oci-layout'), '{"imageLayoutVersion": "1.0.0"}');
  const named = { ...top, annotations: { 'org.opencontainers.image.ref.name': 'image' } };
  await writeFile(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [named] }));
  return top.digest;
}

/** A tar archive of one small file, as POSIX wants it. */
function tarOf(name: string, text: string): Buffer {
  const header = Buffer.alloc(512);
  const put = (at: number, value: string): number => header.write(value, at, 'ascii');
  put(0, name);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${Buffer.byteLength(text).toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, '        ');
  put(156, '0');
  put(257, 'ustar\x0000');
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  const body = Buffer.alloc(Math.ceil(Buffer.byteLength(text) / 512) * 512);
  body.write(text);
  return Buffer.concat([header, body, Buffer.alloc(1024)]);
}
