const text = { type: 'string' } as const;
const time = { type: 'string', format: 'date-time' } as const;
const sha256 = {
  type: 'object',
  required: ['sha256'],
  properties: { sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' } },
} as const;

/** The fields that cosign's type for `vuln` decodes. It drops unknown fields, so there must be none. */
export const vulnPredicateSchema = {
  type: 'object',
  required: ['invocation', 'scanner', 'metadata'],
  additionalProperties: false,
  properties: {
    invocation: {
      type: 'object',
      required: ['parameters', 'uri', 'event_id', 'builder.id'],
      additionalProperties: false,
      properties: {
        parameters: { type: 'array', items: text },
        uri: text,
        event_id: text,
        'builder.id': text,
      },
    },
    scanner: {
      type: 'object',
      required: ['uri', 'version', 'db', 'result'],
      additionalProperties: false,
      properties: {
        uri: text,
        version: text,
        db: { type: 'object', additionalProperties: false, properties: { uri: text, version: text } },
        result: { type: 'object' },
      },
    },
    metadata: {
      type: 'object',
      required: ['scanStartedOn', 'scanFinishedOn'],
      additionalProperties: false,
      properties: { scanStartedOn: time, scanFinishedOn: time },
    },
  },
} as const;

/** An in-toto statement with a simple verification result of version 0.2. */
export const svrStatementSchema = {
  type: 'object',
  required: ['_type', 'subject', 'predicateType', 'predicate'],
  additionalProperties: false,
  properties: {
    _type: { const: 'https://in-toto.io/Statement/v1' },
    subject: {
      type: 'array',
      minItems: 1,
      items: { type: 'object', required: ['digest'], properties: { name: text, digest: sha256 } },
    },
    predicateType: { const: 'https://in-toto.io/attestation/svr/v0.2' },
    predicate: {
      type: 'object',
      required: ['verifier', 'timeCreated', 'properties'],
      additionalProperties: false,
      properties: {
        verifier: {
          type: 'object',
          required: ['id', 'policies'],
          additionalProperties: false,
          properties: {
            id: { type: 'string', format: 'uri' },
            policies: {
              type: 'array',
              items: {
                type: 'object',
                required: ['digest'],
                additionalProperties: false,
                properties: {
                  name: text,
                  uri: { type: 'string', format: 'uri' },
                  digest: sha256,
                  mediaType: text,
                  content: { type: 'string', format: 'byte' },
                },
              },
            },
          },
        },
        timeCreated: time,
        properties: {
          type: 'array',
          uniqueItems: true,
          items: { type: 'string', pattern: '^REGISTRY_SCAN_GATE_[A-Z_]+$' },
        },
      },
    },
  },
} as const;
