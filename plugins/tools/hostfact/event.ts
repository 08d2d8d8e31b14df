// HostFact's hooks are PHP that runs beside it. Its owner writes what they send, as docs/tools/hostfact.md says:
// nothing but a secret. So an event is a hint: the API says what became of an invoice.

import { attempt } from '../../../src/core/attempt.ts'
import { fieldIn } from '../../../src/tools/api.ts'
import { readSeen } from '../../../src/tools/seen.ts'
import type { Delivery, EventReading, ReadContext } from '../../../src/tools/tool.ts'
import { notAuthentic, sameSecret } from '../../signatures/comparison.ts'
import { parseInvoice } from './invoice.ts'
import type { Settings } from './settings.ts'

export const verify = (
  { headers }: Delivery,
  { HOSTFACT_WEBHOOK_SECRET: secrets = [] }: Pick<Settings, 'HOSTFACT_WEBHOOK_SECRET'>
): void => {
  const [, token] = /^Bearer (.+)$/.exec(headers.authorization ?? '') ?? []
  if (token === undefined) throw notAuthentic('authorization is not Bearer')
  const matches = secrets.map(secret => sameSecret(secret, Buffer.from(token, 'latin1')))
  if (!matches.includes(true)) throw notAuthentic('authorization carries another secret')
}

const readKept = readSeen(parseInvoice)

/** An answer that could not be read was kept with its time, to be read again. Whatever a hook sends is a hint. */
export const read = (body: Buffer, context: Pick<ReadContext<unknown>, 'timeZone'>): EventReading => {
  const seenAt = fieldIn(
    attempt(() => JSON.parse(body.toString())),
    'seenAt'
  )
  return seenAt === undefined ? { kind: 'hint', sourceId: null } : readKept(body, context)
}
