import { DecodeError, objectAt, optionalTextAt } from './decode.ts';
import type { Endpoint } from './endpoint.ts';
import type { LogIn } from './session.ts';

/**
 * Logs in with `POST authenticate`. User and password, or access key and secret key, go nowhere else. Every
 * token is reported to `onSecret` before anything can print it.
 */
export function logInAt(endpoint: Endpoint, onSecret: (secret: string) => void): LogIn {
  return async (username, password, signal) => {
    const call = {
      method: 'POST',
      path: 'authenticate',
      body: { username, password },
      answers: 'a secret',
    } as const;
    return endpoint.call(call, undefined, signal, (json) => {
      const token = optionalTextAt(objectAt(json, 'body').token, 'token');
      // A header cannot carry anything else, and an empty token would be nobody.
      if (!/^[\x21-\x7e]+$/.test(token)) throw new DecodeError('token', 'a token', 'something else');
      onSecret(token);
      return token;
    });
  };
}
