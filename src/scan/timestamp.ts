/** A time as in RFC 3339, with its zone and in capitals: `2026-11-30T22:40:00.5Z`. */
export const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
