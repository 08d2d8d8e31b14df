// A token in place of the password, for a host that accepts no password (Microsoft 365, Google), by OAuth2: requested
// with a refresh token, or by the application's own right. A refused token is replaced once.
// https://datatracker.ietf.org/doc/html/rfc6749

import { BridgeError, isCode } from '../../../src/core/errors.ts'
import { fieldIn, textIn, unreachable } from '../../../src/tools/api.ts'
import type { Connection, Settings } from './settings.ts'

// Everything that Exchange lets an application do; other hosts know only refresh tokens.
const scope = 'https://outlook.office365.com/.default'

// Time to log in with a token that is about to expire.
const spareMs = 5 * 60_000

// The reasons for a refusal in RFC 6749. Anything else may be arbitrary text.
const reasons = [
  'invalid_request',
  'invalid_client',
  'invalid_grant',
  'unauthorized_client',
  'unsupported_grant_type',
  'invalid_scope'
]

// Their bodies may repeat what the request contained.
const refusals = [400, 401, 403]

type Token = { token: string; until: number }

/** All logins share one token. */
const tokens = new WeakMap<Settings, Token>()

const newToken = async ({ settings, api, clock }: Connection): Promise<string> => {
  const { EMAIL_TOKEN_URL: url = '', EMAIL_CLIENT_ID, EMAIL_CLIENT_SECRET, EMAIL_REFRESH_TOKEN } = settings
  const form = {
    client_id: EMAIL_CLIENT_ID ?? '',
    ...(EMAIL_CLIENT_SECRET === undefined ? {} : { client_secret: EMAIL_CLIENT_SECRET }),
    ...(EMAIL_REFRESH_TOKEN === undefined
      ? { grant_type: 'client_credentials', scope }
      : { grant_type: 'refresh_token', refresh_token: EMAIL_REFRESH_TOKEN })
  }
  const { status, json } = await api.ask({ url, method: 'POST', headers: {}, form, answers: refusals })
  const { host } = new URL(url)
  if (status >= 400) throw refused(host, textIn(json, 'error'), settings)
  const token = textIn(json, 'access_token')
  if (!/^[\x21-\x7e]+$/.test(token)) throw unreachable(`${host} answered ${status} without an access token`)
  const seconds = Number(fieldIn(json, 'expires_in'))
  tokens.set(settings, { token, until: clock.monotonic() + (seconds > 0 ? seconds * 1000 : 0) - spareMs })
  return token
}

const refused = (host: string, error: string, { EMAIL_REFRESH_TOKEN }: Settings): BridgeError => {
  const what = error === 'invalid_grant' && EMAIL_REFRESH_TOKEN ? 'EMAIL_REFRESH_TOKEN' : 'EMAIL_CLIENT_ID'
  return new BridgeError('TOOL_UNAUTHORIZED', `${host} refuses ${what}${reasons.includes(error) ? `: ${error}` : ''}`)
}

/** Logs in with a token if the settings say where to ask for one. */
export const withToken = async <T>(
  connection: Connection,
  logIn: (token: string | undefined) => Promise<T>
): Promise<T> => {
  const { settings, clock } = connection
  if (settings.EMAIL_TOKEN_URL === undefined) return logIn(undefined)
  const kept = tokens.get(settings)
  if (kept === undefined || kept.until <= clock.monotonic()) return logIn(await newToken(connection))
  try {
    return await logIn(kept.token)
  } catch (error) {
    if (!isCode(error, 'TOOL_UNAUTHORIZED')) throw error
    return logIn(await newToken(connection))
  }
}
