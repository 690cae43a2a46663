const text = { type: 'string', minLength: 1 } as const;
const webAddress = { type: 'string', pattern: '^(https?|ftp)://.+' } as const;
const localTime = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}$' } as const;

const tool = {
  type: 'object',
  required: ['id', 'name', 'version', 'vendor'],
  properties: {
    id: text,
    name: text,
    version: text,
    vendor: { type: 'object', required: ['name'], properties: { name: text } },
  },
} as const;

const vulnerability = {
  type: 'object',
  required: ['id', 'identifiers', 'location'],
  properties: {
    id: text,
    name: { type: 'string', maxLength: 255 },
    description: { type: 'string', maxLength: 1_048_576 },
    severity: { enum: ['Info', 'Unknown', 'Low', 'Medium', 'High', 'Critical'] },
    solution: { type: 'string', maxLength: 7_000 },
    identifiers: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['type', 'name', 'value'],
        properties: { type: text, name: text, value: text, url: webAddress },
      },
    },
    links: {
      type: 'array',
      items: { type: 'object', required: ['url'], properties: { name: { type: 'string' }, url: webAddress } },
    },
    details: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['name', 'type', 'value'],
        properties: { name: text, type: { const: 'text' }, value: { type: 'string' } },
      },
    },
    location: {
      type: 'object',
      required: ['dependency', 'operating_system', 'image'],
      properties: {
        dependency: {
          type: 'object',
          required: ['package', 'version'],
          properties: {
            package: { type: 'object', required: ['name'], properties: { name: text } },
            version: text,
          },
        },
        operating_system: text,
        image: text,
      },
    },
  },
} as const;

/**
 * GitLab's rules for a container scanning report of version 15.0.7, as far as the report uses them. Fields that the
 * format does not know are refused here, although GitLab lets them be.
 */
export const gitlabReportSchema = {
  type: 'object',
  required: ['version', 'scan', 'vulnerabilities'],
  additionalProperties: false,
  properties: {
    version: { const: '15.0.7' },
    scan: {
      type: 'object',
      required: ['analyzer', 'scanner', 'start_time', 'end_time', 'status', 'type'],
      additionalProperties: false,
      properties: {
        analyzer: tool,
        scanner: tool,
        start_time: localTime,
        end_time: localTime,
        status: { enum: ['success', 'failure'] },
        type: { const: 'container_scanning' },
        messages: {
          type: 'array',
          items: {
            type: 'object',
            required: ['level', 'value'],
            properties: { level: { enum: ['info', 'warn', 'fatal'] }, value: text },
          },
        },
      },
    },
    vulnerabilities: { type: 'array', items: vulnerability },
  },
} as const;
